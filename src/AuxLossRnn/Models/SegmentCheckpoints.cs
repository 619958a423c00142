using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>
/// Full backpropagation that remembers the states between segments alone and reads each segment again on the way back
/// (Chen et al., arXiv 1604.06174, 2016; Gruslys et al., NeurIPS 2016).
/// </summary>
/// <remarks>
/// <code>
/// read, no graph     0 ──────● ──────● ──────● ──────T    states at ● are kept
/// backward                                   ╞═══════╡    each segment is read again with a graph, the last one first,
///                                    ╞═══════╡            from the state before it to the gradient of the state after it
/// </code>
/// With segments of √T steps, memory grows as √T instead of T; the price is a second reading. A loss on a state at the end
/// of a <see cref="Read"/> leaves its gradient in that state, where the walk back finds it.
/// </remarks>
/// <param name="length">The steps of a segment.</param>
/// <param name="read">Reads some steps: the first, how many, and the state before them.</param>
public sealed class SegmentCheckpoints(int length, Func<int, int, EncoderState, EncoderState> read)
{
    private readonly List<(int From, int Steps, EncoderState Start, EncoderState End)> _segments = [];

    /// <summary>The segments read, each with two states kept.</summary>
    public int Count => _segments.Count;

    /// <summary>The length of a segment, √T: as many states are kept as there are steps in a segment.</summary>
    /// <param name="steps">The time steps T.</param>
    public static int LengthFor(int steps) => (int)Math.Ceiling(Math.Sqrt(steps));

    /// <summary>Reads on without a graph.</summary>
    /// <param name="from">The first step, the one after the last call's.</param>
    /// <param name="to">The step to read up to, without it.</param>
    /// <param name="state">The state before: the last call's result, or the initial state.</param>
    /// <returns>The state after, a leaf that takes gradients.</returns>
    public EncoderState Read(int from, int to, EncoderState state)
    {
        using var noGradient = no_grad();
        for (; from < to; from += length)
        {
            int steps = Math.Min(length, to - from);
            EncoderState end;
            using (NewDisposeScope())
            {
                end = read(from, steps, state).Detach().MoveToOuterDisposeScope();
            }

            foreach (Tensor part in end.Parts.Where(part => part.is_floating_point()))
            {
                part.requires_grad_();
            }

            _segments.Add((from, steps, state, end));
            state = end;
        }

        return state;
    }

    /// <summary>Hands the gradients that the states have got on to the weights, the last segment first.</summary>
    public void Backward()
    {
        foreach ((int from, int steps, EncoderState start, EncoderState end) in Enumerable.Reverse(_segments))
        {
            using var scope = NewDisposeScope();
            EncoderState again = read(from, steps, start);
            (Tensor Of, Tensor? Gradient)[] parts = [.. again.Parts.Zip(end.Parts.Select(part => part.grad)).Where(part => part.Second is not null)];
            autograd.backward([.. parts.Select(part => part.Of)], [.. parts.Select(part => part.Gradient!)]);
        }
    }
}
