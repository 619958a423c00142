using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Data.Tests;

/// <summary>Gaps are filled and channels are scaled as was chosen for training, and new sequences in the same way.</summary>
public sealed class SequencePreparationTests : IDisposable
{
    private const double Gap = double.NaN;

    private static readonly double[][] Rows = [[Gap, 2, Gap, Gap, 8, Gap], [0, 4, 4, 4, 4, 10]];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Missing_values_are_refused_unless_it_is_said_how_to_fill_them()
    {
        double[][] rows = [.. Enumerable.Range(0, 4).Select(i => new[] { 1, Gap, Gap, i, Gap })];
        var own = OwnSequences.FromArrays(rows, new[] { 0, 1, 0, 1 }, missing: true);
        string expected = "arrays lacks 12 values: step 1 of sequence 0; step 2 of sequence 0; step 4 of sequence 0; step 1 of sequence 1; step 2 of sequence 1; "
            + "step 4 of sequence 1; step 1 of sequence 2; step 2 of sequence 2; step 4 of sequence 2; step 1 of sequence 3 and 2 more places. Say how to fill them";

        Assert.StartsWith(expected, Refusal(() => own.Split(0, 0)), StringComparison.Ordinal);
        Assert.Contains("is NaN, which is no finite number", Refusal(() => OwnSequences.FromArrays(rows, new[] { 0, 1, 0, 1 })), StringComparison.Ordinal);
        Assert.Contains("is Infinity", Refusal(() => OwnSequences.FromArrays([[double.PositiveInfinity]], missing: true)), StringComparison.Ordinal);

        SequenceFormat whole = OwnSequences.FromArrays([[1.0], [2]], new[] { 0, 1 }).Split(0, 0).Train.Format!;
        Assert.Contains(
            "lacks 1 values: step 0 of sequence 0. The network was trained so that missing values are refused", Refusal(() => whole.Apply(OwnSequences.FromArrays([[Gap]], missing: true))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MissingValues.CarriedForward, 4.5, 2.0, 2.0, 2.0, 8.0, 8.0)] // the mean of 2, 8, 0, 4, 4, 4, 4, 10
    [InlineData(MissingValues.Interpolated, 2.0, 2.0, 4.0, 6.0, 8.0, 8.0)]
    [InlineData(MissingValues.Marked, 4.5, 2.0, 2.0, 2.0, 8.0, 8.0)]
    public void A_gap_is_filled(MissingValues how, params double[] filled)
    {
        SequenceDataset data = Train(new SequencePreparation(how));

        int features = how == MissingValues.Marked ? 2 : 1;
        Assert.Equal((features, features), (data.Features, data.Format!.Features));
        float[] read = Read(data, 0);
        Assert.Equal(filled.Select(value => (float)(value / 10)), read.Where((_, at) => at % features == 0));
        if (features == 2)
        {
            Assert.Equal([1, 0, 1, 1, 0, 1], read.Where((_, at) => at % 2 == 1));
            Assert.Equal([0, 0, 0, 0, 0, 0], Read(data, 1).Where((_, at) => at % 2 == 1));
        }
    }

    [Fact]
    public void A_channel_without_any_value_in_a_sequence_is_read_as_the_mean_of_the_training_part()
    {
        double[][][] gaps = [[[1, Gap], [2, Gap]], [[3, 10], [4, 20]]];
        foreach (MissingValues how in new[] { MissingValues.CarriedForward, MissingValues.Interpolated })
        {
            SequenceDataset data = OwnSequences.FromArrays(gaps, new[] { 0, 1 }, missing: true).WithPreparation(new SequencePreparation(how)).Split(0, 0).Train;
            Assert.Equal([0, 0.5f, 1 / 3f, 0.5f], Read(data, 0));
        }

        SequenceDataset marked = OwnSequences.FromArrays(gaps, new[] { 0, 1 }, missing: true).WithPreparation(new SequencePreparation(MissingValues.Marked)).Split(0, 0).Train;
        Assert.Equal([0, 0.5f, 0.5f, 1 / 3f, 0.5f, 0.5f], Read(marked, 0)); // the share of the step's channels that is missing
        Assert.Contains(
            "Channel 1 of arrays has no value at all", Refusal(() => OwnSequences.FromArrays([gaps[0], gaps[0]], new[] { 0, 1 }, missing: true).WithPreparation(new SequencePreparation(MissingValues.Marked)).Split(0, 0)), StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_are_scaled_as_was_chosen()
    {
        // 0 … 100 and an outlier of 10,000; the mean and the deviation by their definitions.
        double[] values = [.. Enumerable.Range(0, 101).Select(k => (double)k), 10_000];
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        const double q05 = 5, q95 = 96; // of 204 values, each twice, at the places 10.15 and 192.85
        double[] expected(Func<double, double> scale) => [.. values.Select(scale)];

        AssertNear(expected(value => value / 10_000), values, ChannelScaling.Unit);
        AssertNear(expected(value => (value - mean) / deviation), values, ChannelScaling.Standard);
        AssertNear(expected(value => (value - q05) / (q95 - q05)), values, ChannelScaling.Quantiles);
        AssertNear(expected(value => (value - mean) / deviation), values, ChannelScaling.PerSequence);
        AssertNear(values, values, ChannelScaling.None);
        AssertNear([.. Enumerable.Repeat(0.0, 39), 1], [.. Enumerable.Repeat(7.0, 39), 9], ChannelScaling.Quantiles); // as to [0, 1], where both quantiles are 7

        static void AssertNear(double[] expected, double[] values, ChannelScaling scaling)
        {
            SequenceDataset data = OwnSequences.FromArrays([values, values], new[] { 0, 1 }).WithPreparation(new SequencePreparation(Scaling: scaling)).Split(0, 0).Train;
            Assert.All(expected.Zip(Read(data, 1)), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    [Theory]
    [InlineData(ChannelScaling.Unit)]
    [InlineData(ChannelScaling.Standard)]
    [InlineData(ChannelScaling.Quantiles)]
    [InlineData(ChannelScaling.PerSequence)]
    [InlineData(ChannelScaling.None)]
    public void Small_changes_on_a_large_number_are_read(ChannelScaling scaling)
    {
        double[][] near = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, 8).Select(t => i % 2 == 0 ? 0.25 * t : 2 - 0.125 * t).ToArray())];
        double[][] far = [.. near.Select(row => row.Select(value => value + 1.5e9).ToArray())];

        float[][] read = [.. new[] { near, far }.Select(rows => Read(OwnSequences.FromArrays(rows, new[] { 0, 1, 0, 1 }).WithPreparation(new SequencePreparation(Scaling: scaling)).Split(0, 0).Train, 0))];

        Assert.Equal(8, read[1].Distinct().Count());
        Assert.All(read[0].Zip(read[1]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void What_was_chosen_and_fitted_is_kept_and_used_for_new_sequences()
    {
        foreach (SequencePreparation how in from missing in Enum.GetValues<MissingValues>() from scaling in Enum.GetValues<ChannelScaling>() select new SequencePreparation(missing, scaling))
        {
            var own = OwnSequences.FromArrays(how.Missing == MissingValues.Refused ? [[1, 2, 3, 4, 8, 9], Rows[1]] : Rows, new[] { 0, 1 }, missing: true);
            SequenceDataset data = own.WithPreparation(how).Split(0, 0).Train;
            var spec = new ExperimentSpec { Dataset = "own" };
            RunFolder folder = RunFolder.Open(_folder[$"{how.Missing}-{how.Scaling}"], spec, resume: false);
            folder.Begin(spec, format: data.Format).Dispose();

            SequenceFormat kept = folder.ReadFormat()!;

            folder.RefuseOtherData(data.Format);
            Assert.Equal(JsonSerializer.Serialize(data.Format, KitJson.Indented), JsonSerializer.Serialize(kept, KitJson.Indented));
            Assert.Equal(Read(data, 0), Read(kept.Apply(own), 0)); // the new sequences say nothing of how they are to be prepared
            SequencePreparation another = how with { Scaling = how.Scaling == ChannelScaling.Unit ? ChannelScaling.None : ChannelScaling.Unit };
            Assert.Contains("was trained on other data", Refusal(() => folder.RefuseOtherData(own.WithPreparation(another).Split(0, 0).Train.Format)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_run_on_a_file_with_gaps_predicts_another_file_with_gaps()
    {
        string rows(int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
            $"{string.Join(',', Enumerable.Range(0, 16).Select(t => (t + i) % 5 == 0 ? "?" : $"{(i % 2 == 0 ? t : -t)}"))}:{(i % 2 == 0 ? "up" : "down")}\n"));
        string path = _folder.Write("a.ts", "@equalLength true\n@classLabel true up down\n@data\n" + rows(40));
        var options = new SequenceFileOptions { Preparation = new SequencePreparation(MissingValues.Marked, ChannelScaling.Standard) };
        ExperimentSpec spec = TinyRun.Of("r-lstm") with { Dataset = "gaps", Side = null, Segment = 4, Batch = 8 };
        using var trainer = new Trainer(spec, OwnSequences.Open(path, options).Split(), RunFolder.Open(_folder["run"], spec, resume: false));
        trainer.Run();
        using var predictor = Predictor.Open(_folder["run"], best: false);
        OwnSequences others = OwnSequences.Open(_folder.Write("b.ts", "@classLabel true up down\n@data\n" + rows(4)));

        Predictions predictions = predictor.Predict(others);

        Assert.Equal(trainer.Predict(others).Probabilities, predictions.Probabilities);
        Assert.Equal([1, 0, 1, 0], predictions.Labels); // down, up
        Assert.Contains("has 2 channels a step, but the network was trained on 1", Refusal(() => predictor.Predict(OwnSequences.FromArrays(new double[1, 16, 2]))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_of_an_earlier_version_is_read_as_it_was_meant()
    {
        SequenceFormat format = OwnSequences.FromArrays([[0.0, 5], [10, 5]], new[] { 0, 1 }).Split(0, 0).Train.Format!;
        var spec = new ExperimentSpec { Dataset = "own" };
        RunFolder folder = RunFolder.Open(_folder["run"], spec, resume: false);
        folder.Begin(spec, format: format).Dispose();
        string[] before = [.. JsonDocument.Parse(File.ReadAllText(folder.DataPath)).RootElement.EnumerateObject()
            .Where(one => one.Name is not ("preparation" or "offset" or "divisor" or "fill")).Select(one => $"\"{one.Name}\": {one.Value.GetRawText()}")];
        Assert.Equal(11, before.Length);
        File.WriteAllText(folder.DataPath, $"{{ {string.Join(", ", before)} }}");

        Assert.Equal(new SequencePreparation(), folder.ReadFormat()!.Preparation);
        Assert.Equal([0.25f], Read(folder.ReadFormat()!.Apply(OwnSequences.FromArrays([[2.5, 2.5]])), 0)[..1]);
        folder.RefuseOtherData(format);
    }

    [Theory]
    [InlineData("\"preparation\": {[^}]*}", "\"preparation\": null", "it has no preparation")]
    [InlineData("\"offset\": \\[[^]]*\\]", "\"offset\": null", "offset, divisor and fill do not fit preparation")]
    [InlineData("\"fill\": \\[[^]]*\\]", "\"fill\": [1, 2]", "must be 1 numbers each")]
    [InlineData("\"scaling\": \"standard\"", "\"scaling\": \"unit\"", "offset, divisor and fill do not fit preparation")]
    public void A_record_that_cannot_be_is_refused(string pattern, string replacement, string sentence)
    {
        var spec = new ExperimentSpec { Dataset = "own" };
        RunFolder folder = RunFolder.Open(_folder["run"], spec, resume: false);
        folder.Begin(spec, format: Train(new SequencePreparation(MissingValues.CarriedForward, ChannelScaling.Standard)).Format).Dispose();
        string text = File.ReadAllText(folder.DataPath);
        string damaged = new System.Text.RegularExpressions.Regex(pattern).Replace(text, replacement, 1);
        Assert.NotEqual(text, damaged);
        File.WriteAllText(folder.DataPath, damaged);

        Assert.Contains(sentence, Refusal(() => folder.ReadFormat()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_format_says_what_becomes_of_sequences_and_tokens_take_no_part()
    {
        Assert.Contains("missing values carried forward and marked in one more channel, scaled to mean 0 and deviation 1; the training part reaches 0 … 10", $"{Train(new SequencePreparation(MissingValues.Marked, ChannelScaling.Standard)).Format}", StringComparison.Ordinal);
        Assert.Contains("holds tokens, which are neither filled nor scaled", Refusal(() => OwnSequences.FromTokens([[1, 2]], new[] { 0 }).WithPreparation(new SequencePreparation(MissingValues.Marked))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChannelScaling.Standard, true)]
    [InlineData(ChannelScaling.PerSequence, true)]
    [InlineData(ChannelScaling.None, true)]
    [InlineData(ChannelScaling.Quantiles, false)]
    public void Levels_need_channels_from_0_to_1(ChannelScaling scaling, bool refused)
    {
        SequenceDataset data = Train(new SequencePreparation(MissingValues.CarriedForward, scaling));
        var spec = new ExperimentSpec { Dataset = "own", Batch = 1, Segment = 2, Model = "r-lstm" };
        Assert.All(new[] { spec with { TokenLoss = AuxiliaryLosses.TokenLoss.CrossEntropy }, spec with { Encoding = Models.InputEncoding.Embedding } }, one =>
        {
            Exception? failure = Record.Exception(() => SpecCheck.Throw(one, data));
            Assert.Equal(refused, failure?.Message.Contains("read levels of [0, 1]. Choose Scaling = Unit", StringComparison.Ordinal) ?? false);
        });
        SpecCheck.Throw(spec with { TokenLoss = AuxiliaryLosses.TokenLoss.SquaredError }, data);
    }

    private static SequenceDataset Train(SequencePreparation how) => OwnSequences.FromArrays(Rows, new[] { 0, 1 }, missing: true).WithPreparation(how).Split(0, 0).Train;

    private static float[] Read(SequenceDataset data, int index)
    {
        using SequenceBatch batch = data.Batch([index]);
        return batch.Inputs.data<float>().ToArray();
    }

    private static string Refusal(Action act) => Assert.Throws<UserException>(act).Message;
}
