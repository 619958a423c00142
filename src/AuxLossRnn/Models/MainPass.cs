using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>One reading of a batch by the main network, with a graph only where it is asked for.</summary>
/// <param name="encoder">The main network.</param>
/// <param name="batch">The batch.</param>
/// <param name="checkpointing">Whether the graph back to step 0 is made segment by segment, after the losses.</param>
public sealed class MainPass(SequenceEncoder encoder, SequenceBatch batch, bool checkpointing = false)
{
    // Without a graph nothing but the state outlives a read: reading in pieces keeps memory independent of T.
    private const int PieceSteps = 512;

    // Where the state after some steps is found: in a batch of the states after several stops, side by side.
    private readonly Dictionary<int, (EncoderState Stops, int Place)> _recorded = [];
    private readonly Dictionary<int, (EncoderState Stops, int Place)> _states = new() { [0] = (encoder.InitialState(batch.Size), 0) };

    /// <summary>What is left to do after the losses' own backward pass; null for nothing.</summary>
    public SegmentCheckpoints? Checkpoints { get; private set; }

    /// <summary>The examples with their own lengths, those of one length next to each other.</summary>
    public (int Example, int Position)[] Ends { get; } =
        [.. batch.OwnLengths.Select((length, example) => (example, length)).OrderBy(end => end.length)];

    /// <summary>The labels of some rows, int64 <c>[R]</c>.</summary>
    /// <param name="rows">The example of each row, and a position.</param>
    public Tensor LabelsOf((int Example, int Position)[] rows) =>
        IsWhole(rows) ? batch.Labels : batch.Labels.index_select(0, Examples(rows)); // [R]

    /// <summary>Reads the sequence once, as far as the last stop.</summary>
    /// <param name="recorded">Positions whose state is needed with its graph back to step 0.</param>
    /// <param name="detached">Positions whose state is needed without a graph.</param>
    public void Run(IEnumerable<int> recorded, IEnumerable<int> detached)
    {
        int position = 0;
        EncoderState state = At(0, _states);
        int[] without = [.. detached.Distinct().Order()];
        SortedSet<int> with = [.. recorded];
        if (with.Remove(0))
        {
            _recorded[0] = _states[0];
        }

        int end = with.Count > 0 ? with.Max : 0;
        with.UnionWith(without.Where(stop => stop < end && stop > 0));

        Checkpoints = checkpointing ? new SegmentCheckpoints(SegmentCheckpoints.LengthFor(batch.Steps), Read) : null;
        foreach (int[] stops in Checkpoints is null && encoder.IsRecurrent && with.Count > 0 ? [[.. with]] : with.Select(stop => new[] { stop }))
        {
            EncoderState reached = Checkpoints?.Read(position, stops[0], state) ?? ReadTo(stops);
            Keep(stops, reached, _recorded);
            Keep(stops, reached.Detach(), _states);
            position = stops[^1];
            state = At(position, _recorded);
        }

        using var noGradient = no_grad();
        state = state.Detach();
        foreach (int[] stops in Pieces(without.Where(stop => stop > end), end))
        {
            // The caller's dispose scope would keep every piece's outputs until it ends: T·B·H numbers in all.
            using (NewDisposeScope())
            {
                Keep(stops, ReadTo(stops).MoveToOuterDisposeScope(), _states);
            }

            position = stops[^1];
            state = At(position, _states);
        }

        EncoderState ReadTo(int[] stops)
        {
            if (!encoder.IsRecurrent)
            {
                return ReadThoseThatEndAt(stops[0]);
            }

            int steps = stops[^1] - position;
            return encoder.ReadTo(
                batch.Inputs.narrow(0, position, steps), batch.Tokens.narrow(0, position, steps), state, [.. stops.Select(stop => stop - position)]);
        }
    }

    /// <summary>The stops that are read to in one go, with further ones where a piece ends between two.</summary>
    private IEnumerable<int[]> Pieces(IEnumerable<int> stops, int from)
    {
        var piece = new List<int>();
        foreach (int stop in stops)
        {
            while (encoder.IsRecurrent && stop - from > PieceSteps)
            {
                from += PieceSteps;
                yield return [.. piece.Where(earlier => earlier < from), from];
                piece.Clear();
            }

            piece.Add(stop);
            if (!encoder.IsRecurrent)
            {
                yield return [stop];
                piece.Clear();
            }
        }

        if (piece.Count > 0)
        {
            yield return [.. piece];
        }
    }

    private static void Keep(int[] stops, EncoderState reached, Dictionary<int, (EncoderState, int)> states)
    {
        foreach ((int place, int stop) in stops.Index())
        {
            states[stop] = (reached, place);
        }
    }

    /// <summary>The whole batch's state after some steps.</summary>
    private EncoderState At(int position, Dictionary<int, (EncoderState Stops, int Place)> states)
    {
        (EncoderState stops, int place) = states[position];
        return stops.Map(part => part.shape[1] == batch.Size ? part : part.narrow(1, (long)place * batch.Size, batch.Size)); // [n, B, …]
    }

    /// <summary>
    /// A Transformer has no state to go on from: it reads each sequence as a whole, together with those of the same length, so
    /// that no padding is read.
    /// </summary>
    /// <returns>Their states, <c>[1, B, S]</c>; zeros for the others.</returns>
    private EncoderState ReadThoseThatEndAt(int stop)
    {
        (int Example, int Position)[] rows = [.. Ends.Where(end => end.Position == stop)];
        if (IsWhole(rows))
        {
            return Read(0, stop, At(0, _states)); // [1, B, S]
        }

        using Tensor examples = Examples(rows); // [r]
        Tensor Some(Tensor all) => all.narrow(0, 0, stop).index_select(1, examples); // [stop, r, F]
        Tensor hidden = encoder.Read(
            Some(batch.Inputs), Some(batch.Tokens), At(0, _states).Rows(examples), ReadResult.State).State[0]; // [1, r, S]
        return new EncoderState(zeros_like(At(0, _states)[0]).index_copy(1, examples, hidden)); // [1, B, S]
    }

    /// <summary>The stops that <see cref="StatesAt"/> needs, with and without a graph.</summary>
    /// <param name="rows">Example and position of each row, by position.</param>
    /// <param name="truncation">How far back the gradient reaches.</param>
    public static (IEnumerable<int> Recorded, IEnumerable<int> Detached) Stops(
        (int Example, int Position)[] rows, Truncation truncation)
    {
        int fromZero = FromZero(rows, truncation);
        return (rows[..fromZero].Select(row => row.Position), rows[fromZero..].Select(row => truncation.StartBefore(row.Position)));
    }

    /// <summary>The states of some examples after some steps, whose gradients go back as far as the truncation.</summary>
    /// <param name="rows">Example and position of each row, by position.</param>
    /// <param name="truncation">How far back the gradient reaches.</param>
    /// <returns>The states, <c>[1, R, H]</c>, in the order of the rows.</returns>
    public EncoderState StatesAt((int Example, int Position)[] rows, Truncation truncation)
    {
        // Positions are sorted, and so are the starts of their windows: those that begin at step 0 come first.
        int fromZero = FromZero(rows, truncation);
        var parts = new List<EncoderState>();
        if (fromZero > 0)
        {
            parts.Add(SideBySide(rows[..fromZero], _recorded));
        }

        if (fromZero < rows.Length)
        {
            // A window that does not begin at step 0 has exactly K steps.
            var windows = rows[fromZero..].Select(row => (row.Example, truncation.StartBefore(row.Position)));
            parts.Add(ReadWindows([.. windows], truncation.Steps!.Value, ReadResult.State).State);
        }

        return EncoderState.Concatenate(parts); // [1, R, H]
    }

    /// <summary>Reads windows of equal length from detached states, all in one call, recording.</summary>
    /// <param name="windows">Example and start of each window, those of one start next to each other.</param>
    /// <param name="length">The steps of every window; with 0 the states are returned as they are.</param>
    /// <param name="result">What the gradient comes back to: the outputs or the last state.</param>
    /// <param name="cut">The steps after which the gradient is cut; null for never.</param>
    /// <returns>The hidden states after each step, <c>[length, R, H]</c> (null where they are not asked for), and the last state.</returns>
    public (Tensor? Outputs, EncoderState State) ReadWindows(
        (int Example, int Start)[] windows, int length, ReadResult result, int? cut = null)
    {
        EncoderState state = SideBySide(windows, _states); // [1, R, H]
        if (length == 0)
        {
            return (null, state);
        }

        (Tensor inputs, Tensor tokens) = Pick(windows, length); // [length, R, F]
        var outputs = new List<Tensor>();
        foreach ((int from, int steps) in Chunks.Between(length, cut))
        {
            (Tensor? chunk, state) = encoder.Read(
                inputs.narrow(0, from, steps), tokens.narrow(0, from, steps), from == 0 ? state : state.Detach(), result); // [t, R, H]
            if (result == ReadResult.Outputs)
            {
                outputs.Add(chunk!);
            }
        }

        return (outputs.Count > 1 ? cat(outputs, 0) : outputs.FirstOrDefault(), state); // [length, R, H]
    }

    private EncoderState Read(int from, int steps, EncoderState state) => encoder.Read(
        batch.Inputs.narrow(0, from, steps), batch.Tokens.narrow(0, from, steps), state, ReadResult.State).State;

    private (Tensor Inputs, Tensor Tokens) Pick((int Example, int Start)[] windows, int length)
    {
        int start = windows[0].Start;
        if (IsWhole(windows) && windows.All(window => window.Start == start && start + length <= batch.OwnLengths[window.Example]))
        {
            return (batch.Inputs.narrow(0, start, length), batch.Tokens.narrow(0, start, length)); // [length, B, F]
        }

        int[] examples = [.. windows.Select(window => window.Example)];
        int[] starts = [.. windows.Select(window => window.Start)];
        using Tensor rows = SegmentGather.Rows(batch, examples, starts, length); // [length·R]
        return SegmentGather.Pick(batch, rows, length); // [length, R, F]
    }

    private static int FromZero((int Example, int Position)[] rows, Truncation truncation) =>
        rows.Count(row => truncation.StartBefore(row.Position) == 0);

    /// <summary>Whether the rows are the batch as it is.</summary>
    private bool IsWhole((int Example, int Position)[] rows) =>
        rows.Length == batch.Size && rows.Select((row, r) => row.Example == r).All(same => same);

    private Tensor Examples((int Example, int Position)[] rows) =>
        Devices.Copy([.. rows.Select(row => (long)row.Example)], batch.Inputs.device); // [R]

    /// <summary>For each row the state of its example at its position, as one batch.</summary>
    private EncoderState SideBySide((int Example, int Position)[] rows, Dictionary<int, (EncoderState Stops, int Place)> states)
    {
        var parts = new List<EncoderState>();
        for (int from = 0; from < rows.Length;)
        {
            EncoderState stops = states[rows[from].Position].Stops; // [n, S·B, …]
            int to = from + 1;
            while (to < rows.Length && states[rows[to].Position].Stops == stops)
            {
                to++;
            }

            (int Example, int Position)[] some = rows[from..to];
            parts.Add(IsWhole(some) && some.All(row => row.Position == some[0].Position)
                ? At(some[0].Position, states)
                : stops.Rows(Examples([.. some.Select(row => (states[row.Position].Place * batch.Size + row.Example, 0))]))); // [n, r, …]
            from = to;
        }

        return EncoderState.Concatenate(parts); // [n, R, …]
    }
}
