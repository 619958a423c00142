using AuxLossRnn.Kernels;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The main network with its input encoding: it reads a sequence and ends with the state that is classified.</summary>
/// <remarks>The encoding's weights are named <c>input.*</c> or <c>embedding.*</c>.</remarks>
public abstract class SequenceEncoder : nn.Module
{
    /// <summary>An encoder.</summary>
    /// <param name="name">The class's name.</param>
    /// <param name="input">The input encoding.</param>
    /// <param name="stateSize">The size S of the hidden state.</param>
    protected SequenceEncoder(string name, InputEncoder input, int stateSize)
        : base(name)
    {
        (Input, StateSize) = (input, stateSize);
        input.RegisterIn(this);
    }

    /// <summary>The size S of the hidden state that is classified.</summary>
    public int StateSize { get; }

    /// <summary>Whether it reads a sequence step by step, so that it can go on from the state after any of them.</summary>
    public virtual bool IsRecurrent => true;

    /// <summary>The input encoding.</summary>
    protected InputEncoder Input { get; }

    /// <summary>The state before the first step.</summary>
    /// <param name="batch">The batch size B.</param>
    /// <returns>Zeros, <c>[1, B, S]</c>, unless it is learned.</returns>
    public virtual LstmState InitialState(long batch)
    {
        Tensor like = parameters().First();
        return new LstmState(zeros(1, batch, StateSize, dtype: like.dtype, device: like.device), null); // [1, B, S]
    }

    /// <summary>Reads some steps.</summary>
    /// <param name="inputs">The scaled features, <c>[t, B, F]</c>.</param>
    /// <param name="tokens">The levels, <c>[t, B, F]</c>.</param>
    /// <param name="state">The state before the first of them.</param>
    /// <param name="result">What the gradient comes back to.</param>
    /// <returns>The hidden states after each step, <c>[t, B, S]</c>, null for the state alone, and the state after the last.</returns>
    public abstract (Tensor? Outputs, LstmState State) Read(Tensor inputs, Tensor tokens, LstmState state, LstmResult result);
}
