using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Plugins;

/// <summary>What a loss of one's own gets wrong is said in its terms.</summary>
public sealed class MistakesOfALossTests
{
    private static readonly int[] Lengths = [9, 4];

    [Theory]
    [InlineData(0, 10, 0, "'mine' drew an anchor after 10 steps of a sequence of 9", "from 0 to 9 there:")]
    [InlineData(1, 5, 0, "'mine' drew an anchor after 5 steps of a sequence of 4", "from 0 to 4 there:")] // within the batch, in padding
    [InlineData(0, -1, 0, "'mine' drew an anchor after -1 steps", "from 0 to 9 there:")]
    [InlineData(1, 4, 2, "'mine' drew an anchor after 4 steps of a sequence of 4", "from 0 to 3 there, because it needs a step after them")]
    [InlineData(2, 1, 0, "'mine' drew a segment of example 2 in a batch of 2", "from 0 to 1")]
    [InlineData(-1, 1, 0, "'mine' drew a segment of example -1 in a batch of 2", "from 0 to 1")]
    public void A_segment_outside_of_its_sequence_is_refused(int example, int anchor, int stepsAfter, string what, string advice)
    {
        string message = Refused(new Mine([new Segment(example, anchor, 0)], stepsAfter, scalar: true));

        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 9, 0)]
    [InlineData(1, 4, 0)]
    [InlineData(1, 3, 1)]
    [InlineData(0, 0, 1)]
    public void The_last_place_that_fits_is_taken(int example, int anchor, int stepsAfter) =>
        Assert.True(double.IsFinite(Value(new Mine([new Segment(example, anchor, 0)], stepsAfter, scalar: true))));

    [Fact]
    public void A_loss_that_is_no_scalar_is_refused() =>
        Assert.Contains("'mine' gave a tensor [1, ", Refused(new Mine([new Segment(0, 3, 0)], 0, scalar: false)), StringComparison.Ordinal);

    private static string Refused(Mine loss) => Assert.Throws<UserException>(() => Value(loss)).Message;

    private static double Value(Mine loss)
    {
        using var scope = NewDisposeScope();
        ExperimentSpec spec = TinyRun.Spec with { Model = "mine-lstm" };
        using var tiny = new TinyCase(spec, 9, 2, 1, lengths: Lengths, parts: ModelParts.Of(spec, null, new LossPart("mine", _ => loss)));
        var routes = new AuxLossRnn.Training.GradientRoutes(spec, tiny.Model);
        return routes.Losses(tiny.Batch, true, routes.Draw(tiny.Batch, AuxLossRnn.Training.Runs.TrainingPhase.Joint, 0), null).AuxiliarySum!.to(ScalarType.Float64).item<double>();
    }

    private sealed class Mine(Segment[] segments, int stepsAfter, bool scalar) : IAuxiliaryLoss
    {
        public IReadOnlyList<Segment> Draw(IReadOnlyList<int> lengths, long step) => segments;

        public StatesNeeded Needs(SequenceBatch batch, IReadOnlyList<Segment> segments) =>
            stepsAfter > 0 ? new() { StepsAfter = stepsAfter } : new() { AtAnchor = Truncation.Last(2) };

        public Tensor Compute(SequenceBatch batch, IReadOnlyList<Segment> segments, MainStates states, Generator? masks)
        {
            Tensor read = states.After ?? states.Summary;
            return scalar ? read.square().mean() : read;
        }
    }
}
