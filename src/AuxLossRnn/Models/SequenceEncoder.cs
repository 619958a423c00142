using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The main network with its input encoding: it reads a sequence and ends with the state that is classified.</summary>
/// <remarks>
/// An encoder of one's own derives from this class, registers its weights as modules, and implements <see cref="Read"/>; with
/// a state other than one tensor <c>[1, B, S]</c> of zeros it overrides <see cref="InitialState"/>, and
/// <see cref="Summary"/> where the first tensor of the state is not what is classified. The truncation, the auxiliary
/// losses and segment checkpointing then work with it. The encoding's weights are named <c>input.*</c> or <c>embedding.*</c>.
/// </remarks>
public abstract class SequenceEncoder : nn.Module
{
    /// <summary>An encoder.</summary>
    /// <param name="name">The class's name.</param>
    /// <param name="input">The input encoding.</param>
    /// <param name="stateSize">The size S of what is classified.</param>
    protected SequenceEncoder(string name, InputEncoder input, int stateSize)
        : base(name)
    {
        (Input, StateSize) = (input, stateSize);
        input.RegisterIn(this);
    }

    /// <summary>The size S of what is classified, and of the outputs.</summary>
    public int StateSize { get; }

    /// <summary>Whether it reads a sequence step by step, so that it can go on from the state after any of them.</summary>
    public virtual bool IsRecurrent => true;

    /// <summary>The input encoding.</summary>
    protected InputEncoder Input { get; }

    /// <summary>The state before the first step.</summary>
    /// <param name="batch">The batch size B.</param>
    /// <returns>Zeros, <c>[1, B, S]</c>, unless the encoder has a state of its own.</returns>
    public virtual EncoderState InitialState(long batch)
    {
        Tensor like = parameters().First();
        return new EncoderState(zeros(1, batch, StateSize, dtype: like.dtype, device: like.device)); // [1, B, S]
    }

    /// <summary>How many numbers each tensor of the state holds for one sequence.</summary>
    public int[] StateSizes()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return [.. InitialState(1).Parts.Select(part => (int)part.numel())];
    }

    /// <summary>Reads some steps.</summary>
    /// <param name="inputs">The scaled features, <c>[t, B, F]</c>.</param>
    /// <param name="tokens">The levels, <c>[t, B, F]</c>.</param>
    /// <param name="state">The state before the first of them.</param>
    /// <param name="result">What the gradient comes back to.</param>
    /// <returns>The outputs after each step, <c>[t, B, S]</c>, null for the state alone, and the state after the last.</returns>
    public abstract (Tensor? Outputs, EncoderState State) Read(Tensor inputs, Tensor tokens, EncoderState state, ReadResult result);

    /// <summary>Reads some steps, and keeps the state after several of them.</summary>
    /// <param name="inputs">The scaled features, <c>[t, B, F]</c>.</param>
    /// <param name="tokens">The levels, <c>[t, B, F]</c>.</param>
    /// <param name="state">The state before the first of them.</param>
    /// <param name="stops">After how many steps the S states are wanted, ascending; the last after all t.</param>
    /// <returns>The states side by side, as one batch of S·B: those after the first stop first.</returns>
    public virtual EncoderState ReadTo(Tensor inputs, Tensor tokens, EncoderState state, IReadOnlyList<int> stops)
    {
        var states = new List<EncoderState>(stops.Count);
        int from = 0;
        foreach (int stop in stops)
        {
            state = Read(inputs.narrow(0, from, stop - from), tokens.narrow(0, from, stop - from), state, ReadResult.State).State;
            states.Add(state);
            from = stop;
        }

        return EncoderState.Concatenate(states); // [n, S·B, …]
    }

    /// <summary>What of a state is classified.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The last layer of the state's first tensor, <c>[B, S]</c>, unless the encoder chooses otherwise.</returns>
    public virtual Tensor Summary(EncoderState state) => state[0][-1]; // [B, S]
}
