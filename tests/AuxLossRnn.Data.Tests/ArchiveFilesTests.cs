namespace AuxLossRnn.Data.Tests;

/// <summary>
/// The real files of the UCR and UEA archives. The numbers are those of a reader of its own in Python, which splits the text and adds exact decimals.
/// </summary>
public sealed class ArchiveFilesTests
{
    [Theory]
    [InlineData("BasicMotions_TEST.ts", 40, 100, 100, 4000, 6, "Badminton Running Standing Walking", -278.362599, 58233.253597, -774145.862479)]
    [InlineData("BasicMotions_TRAIN.arff", 40, 100, 100, 4000, 6, "Badminton Running Standing Walking", 646.184441, 61841.765629, -726490.290275)]
    [InlineData("BasicMotions_TRAIN.ts", 40, 100, 100, 4000, 6, "Badminton Running Standing Walking", 646.184441, 61841.765629, -726490.290275)]
    [InlineData("GunPoint_TEST.ts", 150, 150, 150, 22500, 1, "1 2", 1.31665e-06, 20280.33621200175, -31820.8428792731)]
    [InlineData("GunPoint_TRAIN.arff", 50, 150, 150, 7500, 1, "1 2", -1.4859e-06, 6842.7954728665, -7261.6695470929)]
    [InlineData("GunPoint_TRAIN.ts", 50, 150, 150, 7500, 1, "1 2", -1.4859e-06, 6842.7954728665, -7261.6695470929)]
    [InlineData("GunPoint_TRAIN.tsv", 50, 150, 150, 7500, 1, "1 2", -1.4859e-06, 6842.7954728665, -7261.6695470929)]
    [InlineData("ItalyPowerDemand_TEST.ts", 1029, 24, 24, 24696, 1, "1 2", 2.7849257648091148e-06, 20790.6642724661, 98483.44967591253)]
    [InlineData("ItalyPowerDemand_TRAIN.ts", 67, 24, 24, 1608, 1, "1 2", -7.096e-07, 1348.5150007718, 6410.4748668917)]
    [InlineData("JapaneseVowels_TEST.ts", 370, 7, 29, 5687, 12, "1 2 3 4 5 6 7 8 9", -2146.51343, 19892.291674, -266624.100012)]
    [InlineData("JapaneseVowels_TRAIN.ts", 270, 7, 26, 4274, 12, "1 2 3 4 5 6 7 8 9", -1057.452303, 15497.426957, -198456.381783)]
    [InlineData("PickupGestureWiimoteZ_TEST.ts", 50, 37, 324, 7277, 1, "1 10 2 3 4 5 6 7 8 9", 6279.212, 6305.886, 573500.554)]
    [InlineData("PickupGestureWiimoteZ_TRAIN.ts", 50, 29, 361, 7294, 1, "1 10 2 3 4 5 6 7 8 9", 6394.829, 6405.657, 612763.556)]
    [InlineData("UnitTestTimeStamps_TRAIN.ts", 4, 4, 4, 16, 1, "1 2", 1946.51, 1946.51, 4876.47)]
    public void A_real_file_is_read_as_an_independent_reader_reads_it(
        string name, int count, int shortest, int longest, int steps, int channels, string classes, double sum, double absolute, double weighted)
    {
        OwnSequences own = OwnSequences.Open(Real(name));

        int[] lengths = [.. Enumerable.Range(0, own.Count).Select(own.Length)];
        Assert.Equal((count, shortest, longest, steps, channels), (own.Count, lengths.Min(), lengths.Max(), lengths.Sum(), own.Features));
        Assert.Equal(shortest < longest, own.LengthsDiffer);
        Assert.False(own.HasMissing);
        Assert.Equal(classes, string.Join(' ', own.ClassNames([.. Enumerable.Range(0, count)]).Order(StringComparer.Ordinal)));
        (double Sum, double Absolute, double Weighted) found = default;
        for (int i = 0; i < own.Count; i++)
        {
            for (int t = 0; t < own.Length(i); t++)
            {
                foreach ((int f, double value) in own.ValuesAt(i, t).ToArray().Index())
                {
                    found = (found.Sum + value, found.Absolute + Math.Abs(value), found.Weighted + (t + 1) * (f + 1) * value);
                }
            }
        }

        double tolerance = 1e-12 * absolute * longest;
        Assert.Equal(sum, found.Sum, tolerance);
        Assert.Equal(absolute, found.Absolute, tolerance);
        Assert.Equal(weighted, found.Weighted, tolerance * channels);
    }

    [Fact]
    public void The_same_set_in_three_formats_is_the_same()
    {
        string[] hashes = [.. new[] { "GunPoint_TRAIN.ts", "GunPoint_TRAIN.tsv", "GunPoint_TRAIN.arff" }.Select(name => OwnSequences.Open(Real(name)).Sha256([.. Enumerable.Range(0, 50)]))];

        Assert.Single(hashes.Distinct());
        Assert.Equal(Hash("BasicMotions_TRAIN.ts"), Hash("BasicMotions_TRAIN.arff"));

        static string Hash(string name) => OwnSequences.Open(Real(name)).Sha256([.. Enumerable.Range(0, 40)]);
    }

    [Fact]
    public void A_pair_keeps_the_split_of_the_archive()
    {
        (OwnSequences train, OwnSequences test) = OwnSequences.OpenPair(Real("PickupGestureWiimoteZ_TRAIN.ts"), Real("PickupGestureWiimoteZ_TEST.ts"));
        Sequences.DatasetSplits data = train.Split(test, validation: 0);

        Assert.Equal((50, 0, 50, 10), (data.Train.Count, data.Validation.Count, data.Test.Count, data.Train.Classes));
        Assert.Equal(("9", "10"), (data.Train.ClassNames[8], data.Train.ClassNames[9])); // in the order of their numbers
    }

    private static string Real(string name)
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable(DataRoot.EnvironmentVariable) ?? "", "ucr");
        Assert.SkipUnless(Directory.Exists(folder), $"The archives' files are not here: set {DataRoot.EnvironmentVariable} to a folder with ucr/ in it.");
        return Path.Combine(folder, name);
    }
}
