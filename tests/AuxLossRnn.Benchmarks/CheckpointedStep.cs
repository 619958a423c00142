using AuxLossRnn.Models;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks;

/// <summary>Full backpropagation of the supervised loss in memory of order √T.</summary>
/// <remarks>
/// The sequence is read without a graph, keeping the state before every √T-th step. Then piece by piece, the last one
/// first, it is read again with a graph and the gradient is handed on to the piece before. The gradients are those of full
/// backpropagation.
/// </remarks>
internal sealed class CheckpointedStep(StepRecipe recipe, AuxiliaryLossModel model) : TrainingStep(recipe, model)
{
    /// <remarks>No weights are dropped: that would change neither the memory nor, by much, the time.</remarks>
    public override double Backward(bool drop)
    {
        using var scope = NewDisposeScope();
        int length = (int)Math.Ceiling(Math.Sqrt(Batch.Steps));
        LstmState[] starts = States(length);
        double loss = 0;
        Tensor? hidden = null, cell = null; // the gradients of the state after the piece
        for (int piece = starts.Length - 1; piece >= 0; piece--)
        {
            using var one = NewDisposeScope();
            LstmState start = starts[piece];
            start.Hidden.requires_grad_();
            start.Cell.requires_grad_();
            LstmState end = Read(piece * length, length, start);
            if (hidden is null)
            {
                Tensor supervised = nn.functional.cross_entropy(model.Classify(end, null), Batch.Labels); // []
                supervised.backward();
                loss = supervised.item<float>();
            }
            else
            {
                autograd.backward([end.Hidden, end.Cell], [hidden, cell!]);
            }

            hidden?.Dispose();
            cell?.Dispose();
            hidden = start.Hidden.grad!.MoveToOuterDisposeScope(); // [1, B, H]
            cell = start.Cell.grad!.MoveToOuterDisposeScope(); // [1, B, H]
        }

        return loss;
    }

    private LstmState[] States(int length)
    {
        using var noGradient = no_grad();
        var states = new List<LstmState> { model.ZeroState(Batch.Size) };
        for (int from = 0; from + length < Batch.Steps; from += length)
        {
            using var piece = NewDisposeScope();
            LstmState state = Read(from, length, states[^1]);
            states.Add(new LstmState(state.Hidden.MoveToOuterDisposeScope(), state.Cell.MoveToOuterDisposeScope()));
        }

        return [.. states];
    }

    private LstmState Read(int from, int length, LstmState state)
    {
        int steps = Math.Min(length, Batch.Steps - from);
        return model.Encoder.Read(Batch.Inputs.narrow(0, from, steps), Batch.Tokens.narrow(0, from, steps), state, LstmResult.State).State;
    }
}
