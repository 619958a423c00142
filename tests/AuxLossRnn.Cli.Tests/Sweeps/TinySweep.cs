using AuxLossRnn.Experiments.Sweeps;

[assembly: AssemblyFixture(typeof(AuxLossRnn.Cli.Tests.Sweeps.ReferenceSweep))]

namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>A sweep of runs that train for some seconds, in a folder of its own.</summary>
internal sealed class TinySweep : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _whole;

    /// <summary>Writes its file.</summary>
    /// <param name="slurm">The section for Slurm.</param>
    /// <param name="whole">Both values and three seeds; else the first of each.</param>
    /// <param name="epochs">80 for some seconds.</param>
    /// <param name="runs">The folder of the runs; a new one if null.</param>
    internal TinySweep(string slurm = "{}", bool whole = true, int epochs = 80, string? runs = null)
    {
        _whole = whole;
        Runs = runs ?? _folder["my runs"]; // a blank, for what is not quoted
        File = _folder.Write("tiny.yaml", $$"""
            base: { dataset: stroke-digits, side: 7, train_limit: 640, test_limit: 100, hidden: 16, batch: 32, encoding: raw, epochs: {{epochs}}, evaluate_every: 360, model: gru, learning_rate: 0.01, checkpoint_every: 400 }
            axes: [ truncation: [{{(whole ? "none, 4" : "none")}}] ]
            seeds: [{{(whole ? "1, 2, 3" : "1")}}]
            runs: "{{Runs}}"
            slurm: {{slurm}}
            """);
        Points = [.. SweepFile.Read(File).Points.Select(point => new RunFiles(point.Folder))];
    }

    internal string Runs { get; }

    internal string File { get; }

    internal string Folder => _folder.Path;

    /// <summary>The runs by the numbers of their points.</summary>
    internal IReadOnlyList<RunFiles> Points { get; }

    /// <summary>What a command of the sweep says.</summary>
    internal CommandResult Do(string command, params string[] options) => AuxLoss.RunIn(Folder, ["sweep", command, File, .. options]);

    /// <summary>All numbers are those of runs that nothing disturbed, in the collected table and in every run.</summary>
    internal void ShouldEqual(ReferenceSweep reference)
    {
        using var undisturbed = new TinySweep(whole: _whole, runs: reference.Runs);
        Assert.Equal(undisturbed.Table(), Table());
        Assert.All(Points.Zip(undisturbed.Points), pair => pair.First.ShouldHaveTheNumbersOf(pair.Second));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The collected table without its times.</summary>
    private string[][] Table()
    {
        Do("collect").ShouldExitWith(0);
        string[][] lines = [.. System.IO.File.ReadLines(Path.ChangeExtension(File, ".csv")).Select(line => line.Split(','))];
        int seconds = Array.IndexOf(lines[0], "seconds_mean");
        return [.. lines.Select(line => line.Where((_, column) => column != seconds).ToArray())];
    }
}

/// <summary>The sweep trained on this machine, undisturbed, for all tests to compare with.</summary>
public sealed class ReferenceSweep : IDisposable
{
    private readonly Lazy<TinySweep> _sweep = new(() =>
    {
        var sweep = new TinySweep();
        sweep.Do("run").ShouldExitWith(0);
        return sweep;
    });

    internal string Runs => _sweep.Value.Runs;

    public void Dispose()
    {
        if (_sweep.IsValueCreated)
        {
            _sweep.Value.Dispose();
        }
    }
}
