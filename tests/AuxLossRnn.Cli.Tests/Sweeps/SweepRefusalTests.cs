namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>What cannot be trained is refused before anything is; the sentences themselves are tested beside the reading of files.</summary>
[Trait("Category", "Slow")]
public sealed class SweepRefusalTests : IDisposable
{
    private const string Good = "base: { side: 7, train_limit: 200, test_limit: 50, hidden: 8, batch: 16, segment: 10, steps: 2 }\naxes:\n  - truncation: [1, 4]\nseeds: [1]\nruns: runs\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plan")]
    [InlineData("run")]
    [InlineData("status")]
    [InlineData("collect")]
    public void A_wrong_file_is_refused_by_every_subcommand(string command)
    {
        string path = _folder.Write("study.yaml", Good.Replace("[1, 4]", "[1, many]", StringComparison.Ordinal));

        RefusalTests.Refused(
            AuxLoss.RunIn(_folder.Path, "sweep", command, path),
            $"{path}, line 3, truncation: 'many' is no truncation: give a number of steps from 0 on, 'full' or 'none'.\n");
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("--at-once is 0, but must be a whole number above 0.", "--at-once", "0")]
    [InlineData("0 threads cannot be used", "--threads", "0")]
    [InlineData("'nonsense' is unknown", "--device", "nonsense")]
    [InlineData("--only is 2, but study has the points 0 to 1.", "--only", "2")]
    [InlineData("--where is 'truncation', but must be an axis and one of its labels, such as model=r-lstm.", "--where", "truncation")]
    [InlineData("The sweep study has no axis 'model'. It has truncation.", "--where", "model=lstm")]
    [InlineData("The axis 'truncation' of study has no value '2'. It has 1, 4.", "--where", "truncation=2")]
    public void So_is_a_wrong_option(string problem, params string[] options)
    {
        string path = _folder.Write("study.yaml", Good);

        RefusalTests.Refused(AuxLoss.RunIn(_folder.Path, ["sweep", "run", path, .. options]), problem);

        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void So_is_a_point_that_does_not_fit_its_data_though_others_would()
    {
        string path = _folder.Write("study.yaml", Good.Replace("truncation: [1, 4]", "segment: [10, 49]", StringComparison.Ordinal));

        foreach (string[] command in new string[][] { ["plan"], ["run"], ["run", "--slurm"] })
        {
            RefusalTests.Refused(
                AuxLoss.RunIn(_folder.Path, ["sweep", .. command, path]),
                $"{path}, line 3, segment: The point segment 49: A segment of 49 steps does not fit", "Choose segment between 1 and 48.");
        }

        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder.Path));
    }
}
