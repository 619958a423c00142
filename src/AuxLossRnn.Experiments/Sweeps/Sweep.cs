using System.Security.Cryptography;
using System.Text;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>Many runs that differ in a few settings, with several seeds of each: a study.</summary>
/// <remarks>
/// <see cref="SweepFile.Read"/> reads one from a file. Its points are trained by <c>auxloss sweep run</c>, or one after the other in this process by
/// <see cref="Train"/>; <see cref="Collect"/> makes tables of them.
/// </remarks>
public sealed class Sweep
{
    /// <summary>The folder of the run folders, unless another is named.</summary>
    public const string DefaultRuns = "runs";

    private const int HashCharacters = 12;

    private readonly SweepFile? _file;

    /// <summary>A sweep.</summary>
    /// <param name="name">Its name, which its results bear.</param>
    /// <param name="start">What all runs have in common; null for the defaults of the dataset.</param>
    /// <param name="axes">What differs; the points are all combinations.</param>
    /// <param name="seeds">The seeds of each.</param>
    /// <param name="runs">The folder of the run folders; <c>runs</c> in the working folder by default.</param>
    /// <exception cref="UserException">The axes do not go together, or a point cannot be trained.</exception>
    public Sweep(string name, ExperimentSpec? start, IReadOnlyList<SweepAxis> axes, IReadOnlyList<long> seeds, string? runs = null)
        : this(name, start, [], axes, seeds, runs)
    {
    }

    internal Sweep(
        string name, ExperimentSpec? start, IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyList<SweepAxis> axes, IReadOnlyList<long> seeds,
        string? runs, SweepFile? file = null)
    {
        (Name, Axes, Seeds, _file) = (name, axes, seeds, file);
        Runs = UserPath.Full(runs ?? DefaultRuns);
        Throw(seeds);
        foreach ((int i, SweepAxis axis) in axes.Index())
        {
            Throw(axes.Take(i), axis);
        }

        var points = new List<SweepPoint>();
        foreach (long seed in seeds)
        {
            foreach (SweepValue[] values in Combinations(axes))
            {
                var labels = axes.Zip(values).ToDictionary(one => one.First.Name, one => one.Second.Label);
                ExperimentSpec spec = Checked(labels, () =>
                {
                    ExperimentSpec spec = SweepSettings.Spec(start, [.. settings, .. values.SelectMany(value => value.Settings)]) with { Seed = seed };
                    spec = spec with { Files = spec.Files?.In(Path.GetDirectoryName(file?.Path) ?? Environment.CurrentDirectory) };
                    SpecCheck.Throw(spec);
                    return Canonical(spec);
                });
                points.Add(new SweepPoint(points.Count, labels, spec, FolderOf(spec, Runs)));
            }
        }

        Points = points;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it asks, in a sentence; null where its file does not say.</summary>
    public string? Question { get; init; }

    /// <summary>What differs between its points.</summary>
    public IReadOnlyList<SweepAxis> Axes { get; }

    /// <summary>The seeds of each point.</summary>
    public IReadOnlyList<long> Seeds { get; }

    /// <summary>All runs, in the order in which they are trained: all of the first seed, then all of the next.</summary>
    public IReadOnlyList<SweepPoint> Points { get; }

    /// <summary>The folder of the run folders.</summary>
    public string Runs { get; }

    /// <summary>The file it was read from; null for none.</summary>
    public string? File => _file?.Path;

    /// <summary>How it is sent to Slurm.</summary>
    public SlurmOptions Slurm { get; init; } = new();

    /// <summary>The points without those that come to a training that another one before has already.</summary>
    public IReadOnlyList<SweepPoint> Distinct => [.. Points.DistinctBy(point => point.Folder)];

    /// <summary>What <c>auxloss sweep plan</c> prints: each run with its command and a guess of its time.</summary>
    /// <param name="data">The data root; null for that of the environment.</param>
    public IReadOnlyList<PlannedRun> Plan(DataRoot? data = null) => PlannedRun.Of(this, data);

    /// <summary>Checks every run that is not finished against its data, so that nothing is trained where a later run cannot be.</summary>
    /// <param name="data">The data root; null for that of the environment.</param>
    /// <param name="labels">Axes and labels of the points to check; none for all.</param>
    /// <exception cref="UserException">Data is missing, or a run cannot be trained on it.</exception>
    public void Check(DataRoot? data = null, params IReadOnlyList<(string Axis, string Label)> labels)
    {
        HashSet<string> wanted = [.. Where(labels).Select(point => point.Folder)];
        foreach (var request in Status().Where(one => one.State != SweepState.Finished && wanted.Contains(one.Point.Folder)).Select(one => one.Point)
            .GroupBy(point => point.Spec.DatasetRequest() with { Seed = Seeds[0] }))
        {
            DatasetSplits splits = Open(request.First(), data);
            foreach (SweepPoint point in request)
            {
                Check(point, splits);
            }
        }
    }

    /// <summary>Opens the data of a run, the same for all its seeds but for what is held out.</summary>
    internal DatasetSplits Open(SweepPoint point, DataRoot? data) =>
        Checked(point.Labels, () => DatasetCatalog.Open(point.Spec.DatasetRequest(), data ?? DataRoot.Resolve(null)));

    /// <summary>Checks a run against its data.</summary>
    internal void Check(SweepPoint point, DatasetSplits data) => Checked(point.Labels, () =>
    {
        SpecCheck.Throw(point.Spec, data.Train);
        return true;
    });

    /// <summary>Trains what is not finished, one run after the other in this process, under a live view; a run that was begun goes on.</summary>
    /// <param name="data">The data root; null for that of the environment.</param>
    /// <returns>What all runs came to.</returns>
    /// <exception cref="UserException">A run is trained by another process just now.</exception>
    /// <exception cref="OperationCanceledException">The cell was stopped; the next call goes on from the checkpoint.</exception>
    public SweepResults Train(DataRoot? data = null)
    {
        Check(data);
        foreach (SweepPoint point in SweepStatus.OfAll(this).Where(one => one.State != SweepState.Finished).Select(one => one.Point))
        {
            using RunClaim claim = RunClaim.TakeAsync(point.Folder).GetAwaiter().GetResult()
                ?? throw new UserException($"Another process trains {point} in {point.Folder} just now. Wait for it, or stop it.");
            ResumableRun.TrainOrReadIn(
                point.Folder, point.ToString(), point.Spec, Open(point, data), begins: trainer => SweepRecord.Begin(point.Folder, claim, trainer));
        }

        return Collect();
    }

    /// <summary>The points that have some labels.</summary>
    /// <param name="labels">Axes and labels; none for all points.</param>
    /// <exception cref="UserException">There is no such axis, or it has no such label.</exception>
    public IReadOnlyList<SweepPoint> Where(params IReadOnlyList<(string Axis, string Label)> labels)
    {
        foreach ((string name, string label) in labels)
        {
            SweepAxis axis = Axes.FirstOrDefault(one => one.Name == name)
                ?? throw new UserException($"The sweep {Name} has no axis '{name}'. It has {string.Join(", ", Axes.Select(one => one.Name))}.");
            if (axis.Values.All(value => value.Label != label))
            {
                throw new UserException($"The axis '{name}' of {Name} has no value '{label}'. It has {string.Join(", ", axis.Values.Select(value => value.Label))}.");
            }
        }

        return [.. Points.Where(point => labels.All(one => point.Labels[one.Axis] == one.Label))];
    }

    /// <summary>Where each run stands, those that come to the same training once.</summary>
    public IReadOnlyList<SweepStatus> Status() => SweepStatus.OfAll(this);

    /// <summary>What the runs came to, as far as they have ended.</summary>
    public SweepResults Collect() => SweepResults.Collect(this);

    /// <summary>A spec in which what its model does not look at stands at its default, so that equal trainings are equal specs.</summary>
    /// <param name="spec">The spec.</param>
    public static ExperimentSpec Canonical(ExperimentSpec spec)
    {
        IReadOnlyList<string> unused = UnusedSettings.Of(spec);
        var defaults = new ExperimentSpec();
        return SpecValues.Set(
            spec, [.. SpecValues.Properties.Where(property => unused.Contains(property.Name)).Select(property => (property, SpecValues.TextOf(defaults, property)))]);
    }

    private static string FolderOf(ExperimentSpec canonical, string root)
    {
        // Of what differs from the defaults alone: a setting that a later version adds leaves the folders their names.
        // Files by their names: they may lie elsewhere by now.
        string differences = string.Join('\n', SpecTable.Differences(canonical with { Files = canonical.Files?.Named() }).Select(one => $"{one.Name} {one.Value}"));
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(differences));
        return Path.Combine(root, $"{canonical.Dataset}-{canonical.Model}-seed{canonical.Seed}-{Convert.ToHexStringLower(hash)[..HashCharacters]}");
    }

    /// <summary>All combinations of values; the first axis changes slowest.</summary>
    private static IEnumerable<SweepValue[]> Combinations(IReadOnlyList<SweepAxis> axes) => axes.Aggregate(
        (IEnumerable<SweepValue[]>)[[]], (before, axis) => before.SelectMany(values => axis.Values.Select(value => (SweepValue[])[.. values, value])));

    /// <summary>What is wrong with a point is said with its labels, and with its place in the sweep's file.</summary>
    private TValue Checked<TValue>(IReadOnlyDictionary<string, string> labels, Func<TValue> make)
    {
        try
        {
            return make();
        }
        catch (UserException problem)
        {
            string point = string.Join(", ", labels.Select(one => $"{one.Key} {one.Value}"));
            var named = new UserException(labels.Count > 0 ? $"The point {point}: {problem.Template}" : problem.Template, problem);
            throw _file?.Refusal(labels, named) ?? named;
        }
    }

    /// <summary>Refuses seeds that are none, or no others.</summary>
    internal static void Throw(IReadOnlyList<long> seeds)
    {
        if (seeds.Count == 0)
        {
            throw new UserException("The sweep has no seed: give one or more, such as [1, 2, 3].");
        }

        if (seeds.Distinct().Count() < seeds.Count)
        {
            throw new UserException($"The seeds {string.Join(", ", seeds)} name one twice: a seed repeated is the same run, not another one.");
        }
    }

    /// <summary>Refuses an axis that cannot be, or that does not go together with those before it.</summary>
    internal static void Throw(IEnumerable<SweepAxis> before, SweepAxis axis)
    {
        if (axis.Values.Count == 0)
        {
            throw new UserException($"The axis '{axis.Name}' has no value: give it one or more.");
        }

        if (axis.Values.GroupBy(value => value.Label).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UserException($"The axis '{axis.Name}' has the value '{twice.Key}' twice: leave one out, or name both.");
        }

        foreach (string name in axis.Values.Select(value => value.Label).Prepend(axis.Name))
        {
            if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl))
            {
                throw new UserException("The name of an axis or of a value is empty or has several lines: give it one line of text.");
            }
        }

        if (SweepResults.Columns.Contains(axis.Name))
        {
            throw new UserException($"An axis cannot be named '{axis.Name}', because the collected tables have that column: give it another name.");
        }

        foreach ((string setting, string text) in axis.Values.SelectMany(value => value.Settings))
        {
            SweepSettings.Check(setting, text);
        }

        foreach (SweepAxis other in before)
        {
            if (other.Settings.Intersect(axis.Settings).FirstOrDefault(other.Name == axis.Name ? axis.Name : null) is string shared)
            {
                throw new UserException($"Two axes set '{shared}': '{other.Name}' and '{axis.Name}'. Settings that move together stand in one axis.");
            }
        }
    }
}
