using System.Globalization;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests;

/// <summary>A loss as a reader might write it: how much ink, the sum of the inputs, has been read up to a random anchor.</summary>
/// <remarks>It fades with each batch that it saw, so that a resumed run must know how many those were.</remarks>
internal sealed class InkLoss : IAuxiliaryLoss
{
    private readonly LossContext _context;
    private readonly Linear _amount;

    private InkLoss(LossContext context)
    {
        _context = context;
        _amount = nn.Linear(context.Encoder.StateSize, context.Features);
    }

    public static LossPart Part { get; } = new("ink", context => new InkLoss(context)) { Weight = 0.3, PretrainingWeight = 0.2 };

    public IReadOnlyList<nn.Module> Networks => [_amount];

    public int Seen { get; private set; }

    public IReadOnlyList<Segment> Draw(IReadOnlyList<int> lengths, long step)
    {
        RandomStream random = _context.Random.At(step);
        return [.. Enumerable.Range(0, lengths.Count).Select(b => new Segment(b, 1 + random.Next(lengths[b]), 0))];
    }

    public StatesNeeded Needs(SequenceBatch batch, IReadOnlyList<Segment> segments) => new() { AtAnchor = Truncation.Last(3) };

    public Tensor Compute(SequenceBatch batch, IReadOnlyList<Segment> segments, MainStates states, Generator? masks)
    {
        Tensor read = batch.Inputs.cumsum(0); // [T, B, F]
        Tensor ink = stack([.. segments.Select(segment => read[segment.Anchor - 1, segment.Example])]); // [R, F]
        return nn.functional.mse_loss(_amount.call(states.Summary), ink) * (1 + 10.0 / (10 + Seen++)); // []
    }

    public string SaveState() => Seen.ToString(CultureInfo.InvariantCulture);

    public void RestoreState(string state) => Seen = int.Parse(state, CultureInfo.InvariantCulture);
}
