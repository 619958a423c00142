using System.Diagnostics;

namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>A sweep of four runs of a second, with a checkpoint every third step, in a folder of its own.</summary>
internal sealed class TinyStudy : IDisposable
{
    private const string Text = """
        question: Does it go on where it was?
        base:
          { side: 7, train_limit: 200, test_limit: 50, hidden: 8, feed_forward_hidden: 8, batch: 16, encoding: raw, truncation: 10,
            auxiliary_truncation: 10, segment: 12, pretrain_epochs: 1, epochs: 6, checkpoint_every: 3 }
        axes:
          - model: [lstm, r-lstm]
        seeds: [1, 2]
        runs: runs

        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    /// <summary>A study.</summary>
    /// <param name="text">Its file, if it is another one.</param>
    public TinyStudy(string text = Text) => File = _folder.Write("study.yaml", text);

    /// <summary>The sweep's file.</summary>
    public string File { get; }

    /// <summary>A file or folder beside it.</summary>
    public string this[string name] => _folder[name];

    /// <summary>The run folders, in the order of their names.</summary>
    public RunFiles[] Runs => Directory.Exists(_folder["runs"])
        ? [.. Directory.GetDirectories(_folder["runs"]).Order(StringComparer.Ordinal).Select(folder => new RunFiles(folder))]
        : [];

    /// <summary>The lines of all metrics so far.</summary>
    public int Lines => Runs.Sum(run => ChildProcess.CountLines(run.MetricsPath));

    /// <summary>Runs a subcommand of <c>auxloss sweep</c> on the file.</summary>
    public CommandResult Sweep(string command, params string[] options) => AuxLoss.RunIn(_folder.Path, ["sweep", command, File, .. options]);

    /// <summary>Starts training.</summary>
    public ChildProcess Start(int atOnce = 2, params string[] options) => AuxLoss.Start(_folder.Path, ["sweep", "run", File, "--at-once", $"{atOnce}", .. options]);

    /// <summary>The collected table without its times.</summary>
    public string[] Collected()
    {
        Sweep("collect").ShouldExitWith(0);
        string[][] table = [.. System.IO.File.ReadLines(_folder["study.csv"]).Select(line => line.Split(','))];
        int times = Array.IndexOf(table[0], "seconds_mean");
        return [.. table.Select(row => string.Join(',', row.Where((_, column) => column != times)))];
    }

    /// <summary>All is finished, with the numbers of another study; nothing runs, and nothing is left of what was killed.</summary>
    public void ShouldEqual(TinyStudy expected)
    {
        ShouldBeQuiet();
        Assert.Equal(expected.Runs.Select(Names), Runs.Select(Names));
        Assert.All(Runs.Zip(expected.Runs), pair => pair.First.ShouldHaveTheNumbersOf(pair.Second));
        Assert.Equal(expected.Collected(), Collected());
    }

    /// <summary>No process of this study is left.</summary>
    public void ShouldBeQuiet()
    {
        for (var watch = Stopwatch.StartNew(); Processes().Any();)
        {
            Assert.True(watch.Elapsed < Limit, "A process of the sweep has not ended.");
            Thread.Yield();
        }
    }

    /// <summary>The processes that train a run of this study, as Linux lists them.</summary>
    public IEnumerable<int> Processes() => ChildProcesses.All().Where(one => one.Arguments.Contains($"\0{File}\0--only\0", StringComparison.Ordinal)).Select(one => one.Id);

    public void Dispose()
    {
        ShouldBeQuiet();
        _folder.Dispose();
    }

    // A process that is killed when its run is finished leaves its claim, which bars nobody.
    private static string Names(RunFiles run) => string.Join(
        ' ', Directory.EnumerateFiles(run.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Where(name => name != "claim.json")
            .Select(name => name!.StartsWith("training-", StringComparison.Ordinal) ? "training" : name).Order(StringComparer.Ordinal).Prepend(Path.GetFileName(run.Folder)));
}
