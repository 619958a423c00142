using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Data.Tests;

[Collection(OneAtATime.Name)]
public sealed class PredictionStreamTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    public PredictionStreamTests() => set_num_threads(1);

    public void Dispose() => set_num_threads(_threads);

    public static TheoryData<string, InputEncoding, int, int> Readings { get; } = new(
        from model in new[] { "lstm", "gru", "irnn" }
        from encoding in Enum.GetValues<InputEncoding>()
        from size in new[] { (Hidden: 5, Streams: 1), (Hidden: 128, Streams: 1), (Hidden: 24, Streams: 7) }
        select (model, encoding, size.Hidden, size.Streams));

    [Theory]
    [MemberData(nameof(Readings))]
    public void A_stream_gives_after_every_step_bit_for_bit_what_the_steps_read_at_once_give(string model, InputEncoding encoding, int hidden, int streams)
    {
        double[][][] sequences = Walks(streams, 12);
        using AuxiliaryLossModel fresh = Fresh(model, encoding, hidden);
        using var predictor = new Predictor(fresh, Format);
        using PredictionStream stream = predictor.Start(streams);
        for (int t = 1; t <= 12; t++)
        {
            stream.Read([.. sequences.Select(sequence => sequence[t - 1])]);
            float[][] soFar = [.. predictor.Predict(OwnSequences.FromArrays<double>([.. sequences.Select(sequence => sequence[..t])])).Probabilities];

            Assert.Equal(soFar, stream.Predict().Probabilities);
            Assert.All(stream.Steps, steps => Assert.Equal(t, steps));
        }
    }

    /// <summary>A whole sequence is read in pieces of 512 steps, a stream in any.</summary>
    [Theory]
    [InlineData("lstm", Precision.Float32)]
    [InlineData("lstm", Precision.BFloat16)]
    [InlineData("gru", Precision.Float32)]
    public void Long_sequences_in_pieces_of_any_length_come_to_the_same_bits(string model, Precision precision)
    {
        Assert.SkipWhen(Precisions.ObstacleTo(precision, CPU) is not null, "This processor has no such precision.");
        double[][][] sequences = Walks(3, 600);
        using AuxiliaryLossModel fresh = Fresh(model, InputEncoding.Linear, 32, precision);
        using var predictor = new Predictor(fresh, Format);
        using PredictionStream stream = predictor.Start(3);
        foreach ((int from, int to) in new[] { (0, 1), (1, 38), (38, 39), (39, 560), (560, 600) })
        {
            stream.Read(OwnSequences.FromArrays<double>([.. sequences.Select(sequence => sequence[from..to])]));
        }

        Assert.Equal(predictor.Predict(OwnSequences.FromArrays<double>(sequences)).Probabilities, stream.Predict().Probabilities);
    }

    /// <summary>libtorch rounds a product of one row otherwise than one of many.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_network_without_a_kernel_of_the_kit_comes_to_the_same_but_for_rounding(int streams)
    {
        double[][][] sequences = Walks(streams, 30);
        using AuxiliaryLossModel fresh = Fresh("urnn", InputEncoding.Linear, 16);
        using var predictor = new Predictor(fresh, Format);
        using PredictionStream stream = predictor.Start(streams);
        for (int t = 0; t < 30; t++)
        {
            stream.Read([.. sequences.Select(sequence => sequence[t])]);
        }

        AssertNear(predictor.Predict(OwnSequences.FromArrays<double>(sequences)).Probabilities, stream.Predict().Probabilities);
    }

    [Fact]
    public void Characters_arrive_one_at_a_time()
    {
        OwnSequences texts = OwnSequences.FromTokens(["abcab", "cabca", "bbbaa", "acacc"], (int[])[0, 1, 0, 1]);
        SequenceFormat format = texts.Split(0, 0).Train.Format!;
        using var fresh = new AuxiliaryLossModel(new ExperimentSpec { Dataset = "texts", Model = ModelName.Lstm, Encoding = InputEncoding.Embedding }, 1, 2, 3);
        using var predictor = new Predictor(fresh, format);
        using PredictionStream stream = predictor.Start();
        foreach (char letter in "cabca")
        {
            stream.Read(OwnSequences.FromTokens([$"{letter}"]));
        }

        Assert.Equal(predictor.Predict(OwnSequences.FromTokens(["cabca"])).Probabilities, stream.Predict().Probabilities);
        Assert.Equal(["0", "1"], stream.Predict().ClassNames);
        Assert.Contains("the character 'x'", Refusal(() => stream.Read(OwnSequences.FromTokens(["x"]))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_of_the_kits_data_reads_batches()
    {
        using var model = new AuxiliaryLossModel(TinyRun.Spec, 1, 10);
        using var predictor = new Predictor(model, null);
        using SequenceBatch batch = TinyRun.Data.Test.Batch([0, 1, 2]);
        using PredictionStream stream = predictor.Start(3);
        for (int t = 0; t < batch.Steps; t++)
        {
            using Tensor inputs = batch.Inputs.narrow(0, t, 1), tokens = batch.Tokens.narrow(0, t, 1), lengths = ones_like(batch.Lengths); // [1, B, F], [B]
            stream.Read(batch with { Inputs = inputs, Tokens = tokens, Lengths = lengths });
        }

        Assert.Equal(predictor.Predict(TinyRun.Data.Test.Take(3)).Probabilities, stream.Predict().Probabilities);
        Assert.Contains("Give a SequenceBatch", Refusal(() => stream.Read(1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MissingValues.CarriedForward)]
    [InlineData(MissingValues.Marked)]
    public void A_missing_value_is_the_last_that_its_own_stream_had(MissingValues missing)
    {
        double[][][] sequences = Walks(2, 9);
        (sequences[0][0][1], sequences[0][4][0], sequences[0][5][0], sequences[1][5][1]) = (double.NaN, double.NaN, double.NaN, double.NaN);
        OwnSequences labelled = OwnSequences.FromArrays<double>([.. sequences, .. Walks(4, 9)], (int[])[0, 1, 2, 0, 1, 2], missing: true);
        SequenceFormat format = labelled.WithPreparation(new SequencePreparation(missing)).Split(0, 0, 1).Train.Format!;
        using var fresh = new AuxiliaryLossModel(new ExperimentSpec { Dataset = "walks", Model = ModelName.Lstm, Hidden = 8 }, format.Features, 3);
        using var predictor = new Predictor(fresh, format);
        using PredictionStream stream = predictor.Start(2);
        foreach ((int from, int to) in new[] { (0, 1), (1, 4), (4, 5), (5, 6), (6, 9) })
        {
            stream.Read(OwnSequences.FromArrays<double>([.. sequences.Select(sequence => sequence[from..to])], missing: true));
        }

        Assert.Equal(predictor.Predict(OwnSequences.FromArrays<double>(sequences, missing: true)).Probabilities, stream.Predict().Probabilities);
    }

    [Fact]
    public void One_of_several_streams_begins_anew_and_the_others_go_on()
    {
        double[][][] sequences = Walks(3, 8);
        using AuxiliaryLossModel fresh = Fresh("urnn", InputEncoding.Linear, 8); // its first state is no zero
        using var predictor = new Predictor(fresh, Format);
        using PredictionStream stream = predictor.Start(3);
        for (int t = 0; t < 8; t++)
        {
            if (t == 5)
            {
                stream.Restart(1);
                Assert.Contains("Stream 1 has read no step yet", Refusal(() => stream.Predict()), StringComparison.Ordinal);
            }

            stream.Read([.. sequences.Select(sequence => sequence[t])]);
        }

        IReadOnlyList<float[]> whole = predictor.Predict(OwnSequences.FromArrays<double>([sequences[0], sequences[1][5..], sequences[2]], lengthsDiffer: true)).Probabilities;
        Assert.Equal([8L, 3, 8], stream.Steps);
        AssertNear(whole, stream.Predict().Probabilities);
    }

    [Fact]
    public void However_many_steps_it_has_read_a_stream_keeps_one_state()
    {
        using AuxiliaryLossModel fresh = Fresh("lstm", InputEncoding.Linear, 8);
        using var predictor = new Predictor(fresh, Format);
        using PredictionStream stream = predictor.Start();
        using DisposeScope scope = NewDisposeScope(); // the caller's, which holds nothing of it
        Step();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        for (int t = 0; t < 100; t++)
        {
            Step();
        }

        Assert.Equal(before, Tensor.TotalCount);
        Assert.Equal(101, stream.Steps[0]);

        void Step()
        {
            stream.Read(1, 2);
            stream.Predict();
        }
    }

    [Fact]
    public void What_cannot_be_read_as_it_arrives_is_refused_with_the_reason()
    {
        using var transformer = new AuxiliaryLossModel(TinyRun.Of(ModelName.Transformer), 2, 3);
        Assert.Contains("looks at all steps of a sequence at once", Refusal(() => new Predictor(transformer, Format).Start()), StringComparison.Ordinal);
        using AuxiliaryLossModel fresh = Fresh("lstm", InputEncoding.Linear, 8);
        using var predictor = new Predictor(fresh, Format);
        Assert.Contains("0 streams", Refusal(() => predictor.Start(0)), StringComparison.Ordinal);
        PredictionStream stream = predictor.Start(2);
        Assert.Contains("no step yet", Refusal(() => stream.Predict()), StringComparison.Ordinal);
        Assert.Contains("There are 2 streams, but next steps of 1", Refusal(() => stream.Read(1, 2)), StringComparison.Ordinal);
        Assert.Contains("has 3 channels", Refusal(() => stream.Read([[1, 2, 3], [1, 2, 3]])), StringComparison.Ordinal);
        Assert.Contains("missing values are refused", Refusal(() => stream.Read([[1, double.NaN], [1, 2]])), StringComparison.Ordinal);
        Assert.Contains("1 to 2 steps at once", Refusal(() => stream.Read(
            OwnSequences.FromArrays([[[1.0, 2], [1, 2]], [[1.0, 2]]], lengthsDiffer: true))), StringComparison.Ordinal);
        Assert.All(stream.Steps, steps => Assert.Equal(0, steps));
        var perSequence = new Predictor(fresh, Format with { Preparation = new SequencePreparation(Scaling: ChannelScaling.PerSequence) });
        Assert.Contains("not known before a sequence's end", Refusal(() => perSequence.Start()), StringComparison.Ordinal);
        var lines = new Predictor(fresh, Format with { Preparation = new SequencePreparation(MissingValues.Interpolated), Fill = [0, 0] });
        using PredictionStream gaps = lines.Start();
        Assert.Contains("what is after it has not arrived", Refusal(() => gaps.Read(1, double.NaN)), StringComparison.Ordinal);
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Read([[1, 2], [1, 2]]));
        Assert.Throws<ObjectDisposedException>(() => stream.Predict());
    }

    private static void AssertNear(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> found) => Assert.All(
        expected.Zip(found), row => Assert.All(row.First.Zip(row.Second), pair => Assert.Equal(pair.First, pair.Second, 1e-5f)));

    private static string Refusal(Action act) => Assert.Throws<UserException>(act).Message;

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
