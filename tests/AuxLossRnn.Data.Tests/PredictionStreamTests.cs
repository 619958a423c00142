using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Data.Tests;

[Collection(OneAtATime.Name)]
public sealed class PredictionStreamTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    public PredictionStreamTests() => set_num_threads(1);

    public void Dispose() => set_num_threads(_threads);

    public static TheoryData<string, InputEncoding, int, int> Readings { get; } = new(
        from model in new[] { "lstm", "gru", "irnn", "urnn" }
        from encoding in Enum.GetValues<InputEncoding>()
        from size in new[] { (Hidden: 5, Streams: 1), (Hidden: 128, Streams: 1), (Hidden: 24, Streams: 7) }
        select (model, encoding, size.Hidden, size.Streams));

    [Theory]
    [MemberData(nameof(Readings))]
    public void A_stream_gives_after_every_step_bit_for_bit_what_the_steps_read_at_once_give(string model, InputEncoding encoding, int hidden, int streams)
    {
        double[][][] sequences = Walks(streams, 40);
        using AuxiliaryLossModel fresh = Fresh(model, encoding, hidden);
        using var predictor = new Predictor(fresh, Format);
        using PredictionStream stream = predictor.Start(streams);
        for (int t = 1; t <= 40; t++)
        {
            stream.Read([.. sequences.Select(sequence => sequence[t - 1])]);
            float[][] soFar = [.. predictor.Predict(OwnSequences.FromArrays<double>([.. sequences.Select(sequence => sequence[..t])])).Probabilities];

            Assert.Equal(soFar, stream.Predict().Probabilities);
            Assert.All(stream.Steps, steps => Assert.Equal(t, steps));
        }
    }

    /// <summary>Two real channels, scaled by others' range.</summary>
    private static SequenceFormat Format { get; } = OwnSequences.FromArrays<double>(Walks(6, 12), (int[])[0, 1, 2, 0, 1, 2], lengthsDiffer: true).Split(0, 0, 1).Train.Format!;

    private static double[][][] Walks(int count, int steps)
    {
        var random = new RandomStream(count, RandomPurpose.Drawing);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, steps).Select(t => new[] { 10 * random.NextDouble(), Math.Sin(t) + random.NextDouble() }).ToArray())];
    }

    private static AuxiliaryLossModel Fresh(string model, InputEncoding encoding, int hidden, Precision precision = Precision.Float32) => new(
        new ExperimentSpec { Dataset = "walks", Model = ModelName.Parse(model), Encoding = encoding, EncodingSize = 16, Hidden = hidden, Precision = precision }, 2, 3);
}
