using System.Globalization;
using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Data.Tests;

/// <summary>Numbers are taken as they were meant: nothing that can be told apart as written is rounded to the same.</summary>
public sealed class OwnNumbersTests : IDisposable
{
    private const int Sequences = 8;
    private const int Length = 4;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, double> Offsets { get; } = new(
        from way in new[] { "csv", "long csv", "arrays", "decimals", "npy" }
        from offset in new double[] { 0, -40, 101325, 1550083467, 1.7e12 }
        select (way, offset));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Offsets))]
    public void A_small_change_on_a_large_number_reaches_the_network(string way, double offset)
    {
        float[] expected = Inputs(Read(way, 0));
        float[] found = Inputs(Read(way, offset));

        Assert.Equal(0, expected.Min());
        Assert.Equal(1, expected.Max());
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-2)); // 1.7e12 itself has steps of 0.0002
        Assert.True(found.Distinct().Count() > 20);
    }

    [Fact]
    public void Changes_that_are_lost_between_large_numbers_are_not_lost_silently()
    {
        long[][] nanoseconds = [[1_700_000_000_000_000_000, 1_700_000_000_000_000_010], [1_700_000_000_000_000_020, 1_700_000_000_000_000_300]];

        Assert.Contains(
            "where 64-bit floats are 256 apart: what changes in it may be lost. Subtract a number near them",
            Assert.Throws<UserException>(() => OwnSequences.FromArrays(nanoseconds, new[] { 0, 1 }).Split(0, 0)).Message, StringComparison.Ordinal);
        nanoseconds[1][1] += 1_000_000_000;
        Assert.Equal(2, OwnSequences.FromArrays(nanoseconds, new[] { 0, 1 }).Split(0, 0).Train.Count);
    }

    [Fact]
    public void A_channel_of_large_integers_is_not_taken_for_constant()
    {
        long[][] ticks = [.. Enumerable.Range(0, Sequences).Select(i => Enumerable.Range(0, Length).Select(t => 638_000_000_000_000_000 + 10_000L * (i + t)).ToArray())];

        Assert.Equal(Sequences + Length - 1, Inputs(OwnSequences.FromArrays(ticks, Labels)).Distinct().Count());
    }

    [Fact]
    public void Values_beyond_a_32_bit_float_are_scaled_and_what_is_no_number_is_refused()
    {
        Assert.Equal([0, 0.5f, 1, 0], Inputs(OwnSequences.FromArrays([[-1e300, 0.0], [1e300, -1e300]], new[] { 0, 1 })));
        Assert.Contains(
            "is Infinity, which is no finite number", Refusal(() => OwnSequences.FromArrays([[1.0, double.PositiveInfinity], [1, 2]], new[] { 0, 1 })), StringComparison.Ordinal);
        Assert.Contains(
            "farther than a 64-bit float can tell", Refusal(() => OwnSequences.FromArrays([[-1.7e308, 0.0], [1.7e308, 0]], new[] { 0, 1 }).Split(0, 0)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1700000000000000001", "1700000000000000002")]
    [InlineData("638000000000000000", "638000000000000010")]
    [InlineData("1700000000.1234567", "1700000000.1234568")]
    [InlineData("-9007199254740993", "-9007199254740992")]
    public void Steps_are_told_apart_as_they_are_written(string first, string second)
    {
        OwnSequences own = Long($"s1,{second},a,2\ns1,{first},a,1\ns2,{first},b,3\ns2,{second},b,4\n");

        Assert.Equal([1, 2, 3, 4], Values(own));
    }

    [Theory]
    [InlineData("7", "7", "are both step '7' of")]
    [InlineData("7", "7.0", "are both step '7' and '7.0' of")]
    [InlineData("1700000000000000001", "1.700000000000000001e18", "are both step '1700000000000000001' and '1.700000000000000001e18' of")]
    public void A_step_that_is_there_twice_is_named_as_it_is_written(string first, string second, string told) => Assert.Contains(
        told, Refusal(() => Long($"s1,{first},a,2\ns1,{second},a,1\n")), StringComparison.Ordinal);

    [Theory]
    [InlineData("1e40")]
    [InlineData("tomorrow")]
    public void A_step_that_is_no_such_number_is_refused_with_its_place(string step) => Assert.Contains(
        $"Line 2, column 2 of '{_folder["long.csv"]}' is '{step}', but must be a finite number of less than 29 digits", Refusal(() => Long($"s1,{step},a,2\n")), StringComparison.Ordinal);

    [Fact]
    public void A_run_of_before_goes_on_with_the_same_data_and_with_no_other()
    {
        SequenceFormat format = Read("arrays", 0.123456789).Split(0, 0).Train.Format!;
        var spec = new ExperimentSpec { Dataset = "own" };
        RunFolder folder = RunFolder.Open(_folder["run"], spec, resume: false);
        SequenceFormat before = format with
        {
            TrainingSha256 = format.EarlierSha256,
            Minimum = [.. format.Minimum!.Select(one => (double)(float)one)],
            Maximum = [.. format.Maximum!.Select(one => (double)(float)one)],
        };
        folder.Begin(spec, format: before).Dispose();
        Assert.NotEqual(format.TrainingSha256, format.EarlierSha256);
        Assert.DoesNotContain("earlier", File.ReadAllText(folder.DataPath), StringComparison.Ordinal);

        folder.RefuseOtherData(format);
        folder.Begin(spec, format: format).Dispose();

        Assert.Equal(JsonSerializer.Serialize(format, KitJson.Indented) + "\n", File.ReadAllText(folder.DataPath));
        SequenceFormat other = Read("arrays", 0.123456789, change: 1e-3).Split(0, 0).Train.Format!;
        Assert.Contains("the values and labels of the training part", Refusal(() => folder.RefuseOtherData(other)), StringComparison.Ordinal);
    }

    private static string[] Labels => [.. Enumerable.Range(0, Sequences).Select(i => i % 2 == 0 ? "up" : "down")];

    private OwnSequences Read(string way, double offset, double change = 0)
    {
        double[][] values = [.. Enumerable.Range(0, Sequences).Select(i => Enumerable.Range(0, Length)
            .Select(t => offset + (i % 2 == 0 ? t : 3 - t) * 0.1 + 0.01 * i + (i == 3 && t == 1 ? change : 0)).ToArray())];
        string text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        switch (way)
        {
            case "csv":
                _folder.Write("wide.csv", "label,v0,v1,v2,v3\n" + string.Concat(values.Select((row, i) => $"{Labels[i]},{string.Join(',', row.Select(text))}\n")));
                return OwnSequences.FromCsv(_folder["wide.csv"], "label");
            case "long csv":
                return Long(string.Concat(values.Select((row, i) => string.Concat(row.Select((value, t) => $"s{i},{t},{Labels[i]},{text(value)}\n")))));
            case "decimals":
                return OwnSequences.FromArrays([.. values.Select(row => row.Select(value => (decimal)value).ToArray())], Labels);
            case "npy":
                byte[] header = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. System.Text.Encoding.ASCII.GetBytes($"{{'descr': '<f8', 'fortran_order': False, 'shape': ({Sequences}, {Length}), }}".PadRight(117) + "\n")];
                File.WriteAllBytes(_folder["a.npy"], [.. header, .. values.SelectMany(row => row).SelectMany(BitConverter.GetBytes)]);
                return OwnSequences.FromNpy(_folder["a.npy"]);
            default:
                return OwnSequences.FromArrays(values, Labels);
        }
    }

    private OwnSequences Long(string rows)
    {
        _folder.Write("long.csv", "id,step,label,v\n" + rows);
        return OwnSequences.FromLongCsv(_folder["long.csv"], "id", "step", "label");
    }

    private static double[] Values(OwnSequences own) =>
        [.. from i in Enumerable.Range(0, own.Count) from t in Enumerable.Range(0, own.Steps) from value in own.ValuesAt(i, t).ToArray() select value];

    /// <summary>What the network reads.</summary>
    private static float[] Inputs(OwnSequences own)
    {
        (double[]? minimum, double[]? maximum) = own.Range([.. Enumerable.Range(0, own.Count)]);
        var format = new SequenceFormat("own", "none", own.Steps, 1, ["down", "up", "0", "1"], SequenceDataset.ByteLevels, null, minimum, maximum);
        SequenceDataset data = format.Apply(own);
        return [.. Enumerable.Range(0, own.Count).SelectMany(i =>
        {
            using SequenceBatch batch = data.Batch([i]);
            return batch.Inputs.data<float>().ToArray();
        })];
    }

    private static string Refusal(Action action) => Assert.Throws<UserException>(action).Message;
}
