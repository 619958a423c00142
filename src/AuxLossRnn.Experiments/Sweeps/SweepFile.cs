using AuxLossRnn.Runtime;
using YamlDotNet.RepresentationModel;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>Reads a sweep from a YAML file. What is wrong is named with its line and its field, before anything is trained.</summary>
public sealed class SweepFile
{
    private static readonly string[] Keys = ["name", "question", "base", "axes", "seeds", "runs", "slurm"];

    private readonly YamlFile _yaml;

    // Where a setting stands: of an axis for one of its labels, of the base for all.
    private readonly List<(string? Axis, string? Label, string Setting, YamlNode Node)> _places = [];

    private SweepFile(string path) => _yaml = new YamlFile(path);

    /// <summary>The file.</summary>
    internal string Path => _yaml.Path;

    /// <summary>Reads a sweep.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UserException">There is none, it is damaged, or its sweep cannot be trained.</exception>
    public static Sweep Read(string path)
    {
        string full = UserPath.Full(path);
        return File.Exists(full)
            ? new SweepFile(full).Parse()
            : throw new UserException(
                Directory.Exists(full) ? $"{full} is a folder, but must be a sweep's file, such as data/studies/reach.yaml."
                : $"There is no {full}. Give a sweep's file, such as data/studies/reach.yaml.");
    }

    /// <summary>What is wrong with a point, with the place of the setting that it speaks of.</summary>
    /// <param name="labels">The point's labels.</param>
    /// <param name="problem">What is wrong, its settings in angle quotes.</param>
    internal UserException Refusal(IReadOnlyDictionary<string, string> labels, UserException problem)
    {
        var settings = new List<string>();
        SettingNames.Replace(problem.Template, (name, _) =>
        {
            settings.Add(SpecValues.Properties.FirstOrDefault(property => property.Name == name) is { } property ? SpecValues.NameOf(property) : name);
            return name;
        });
        var place = settings.SelectMany(setting => _places
                .Where(one => one.Setting == setting && (one.Axis is null || labels[one.Axis] == one.Label)).OrderBy(one => one.Axis is null))
            .Select(one => (one.Node, one.Setting)).FirstOrDefault((_yaml.Root, "axes"));
        return _yaml.Wrong(place.Item1, place.Item2, problem);
    }

    private Sweep Parse()
    {
        Dictionary<string, YamlNode> entries = _yaml.Entries(_yaml.Root, "the file", Keys);
        KeyValuePair<string, string>[] settings = entries.TryGetValue("base", out YamlNode? given) ? [.. Settings(given, "base", null, null)] : [];
        var axes = new List<SweepAxis>();
        foreach (YamlNode node in entries.TryGetValue("axes", out YamlNode? list) ? _yaml.Items(list, "axes") : [])
        {
            SweepAxis axis = Axis(node);
            _yaml.Checked(node, axis.Name, () => Sweep.Throw(axes, axis));
            axes.Add(axis);
        }

        YamlNode seeds = entries.TryGetValue("seeds", out YamlNode? numbers)
            ? numbers
            : throw _yaml.Wrong(_yaml.Root, "seeds", "is missing: give the seeds, such as seeds: [1, 2, 3].");
        long[] all = [.. _yaml.Items(seeds, "seeds").Select(item => _yaml.Whole(item, "seeds"))];
        _yaml.Checked(seeds, "seeds", () => Sweep.Throw(all));
        string name = entries.TryGetValue("name", out YamlNode? named) ? _yaml.Text(named, "name") : System.IO.Path.GetFileNameWithoutExtension(Path);
        if (name.Length == 0 || name.IndexOfAny([.. System.IO.Path.GetInvalidFileNameChars(), ' ']) >= 0)
        {
            throw _yaml.Wrong(named ?? _yaml.Root, "name", $"is '{name}', but must be a name that a file can have, without spaces.");
        }

        string? runs = entries.TryGetValue("runs", out YamlNode? folder)
            ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, UserPath.Expand(_yaml.Text(folder, "runs")))
            : null;
        string? question = entries.TryGetValue("question", out YamlNode? asked) ? _yaml.Text(asked, "question") : null;
        SlurmOptions slurm = entries.TryGetValue("slurm", out YamlNode? array) ? Slurm(array) : new SlurmOptions();
        return new Sweep(name, null, settings, axes, all, runs, this)
        {
            Question = question,
            Slurm = slurm,
        };
    }

    /// <summary>One setting, several that move together, or one name with named values.</summary>
    private SweepAxis Axis(YamlNode node)
    {
        if (node is not YamlMappingNode { Children.Count: > 0 } map)
        {
            throw _yaml.Wrong(node, "axes", "has an axis that is no setting with its values, such as - truncation: [1, 4, 16].");
        }

        (string Name, YamlNode Key, YamlNode Values)[] entries = [.. map.Children.Select(child => (_yaml.Text(child.Key, "axes"), child.Key, child.Value))];
        if (entries is [(string name, _, YamlMappingNode named)])
        {
            return new SweepAxis(name, [.. named.Children.Select(child => (Label: _yaml.Text(child.Key, name), child.Value)).Select(child =>
                new SweepValue(child.Label, new Dictionary<string, string>(Settings(child.Value, $"{name}, '{child.Label}'", name, child.Label))))]);
        }

        var columns = entries.ToDictionary(entry => entry.Name, entry => Column(entry.Name, entry.Key, entry.Values));
        (string axis, string[] labels) = (entries[0].Name, columns[entries[0].Name]);
        foreach ((string column, YamlNode key, _) in entries)
        {
            if (columns[column].Length != labels.Length)
            {
                throw _yaml.Wrong(
                    key, column, $"has {columns[column].Length} values where '{axis}', with which it moves, has {labels.Length}: give as many of each.");
            }

            _places.AddRange(labels.Select(label => ((string?)axis, (string?)label, column, key)));
        }

        return new SweepAxis(axis, [.. labels.Select((label, i) => new SweepValue(label, columns.ToDictionary(column => column.Key, column => column.Value[i])))]);
    }

    private string[] Column(string name, YamlNode key, YamlNode values)
    {
        _yaml.Checked(key, name, () => SweepSettings.Check(name));
        return [.. _yaml.Items(values, name).Select(item =>
        {
            string text = _yaml.Setting(item, name);
            _yaml.Checked(item, name, () => SweepSettings.Check(name, text));
            return text;
        })];
    }

    private IEnumerable<KeyValuePair<string, string>> Settings(YamlNode node, string field, string? axis, string? label)
    {
        if (YamlFile.IsNothing(node))
        {
            yield break; // named values may change nothing
        }

        YamlMappingNode map = node as YamlMappingNode ?? throw _yaml.Wrong(node, field, "must be settings of a run with their values, such as hidden: 64.");
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            string name = _yaml.Text(key, field);
            _yaml.Checked(key, $"{field}, {name}", () => SweepSettings.Check(name));
            string text = _yaml.Setting(value, name);
            _yaml.Checked(key, $"{field}, {name}", () => SweepSettings.Check(name, text));
            _places.Add((axis, label, name, key));
            yield return new(name, text);
        }
    }

    private SlurmOptions Slurm(YamlNode node)
    {
        Dictionary<string, YamlNode> entries = _yaml.Entries(node, "slurm", ["partition", "time", "gpus", "threads", "at_once", "warning", "options", "setup"]);
        string? text(string key) => entries.TryGetValue(key, out YamlNode? value) ? _yaml.Text(value, key) : null;
        int? number(string key, int least) => !entries.TryGetValue(key, out YamlNode? value) ? null
            : _yaml.Whole(value, key) is var whole && whole >= least && whole <= int.MaxValue ? (int)whole
            : throw _yaml.Wrong(value, key, $"is {whole}, but must be a whole number from {least} on.");
        string[] lines(string key) => entries.TryGetValue(key, out YamlNode? value) ? [.. _yaml.Items(value, key).Select(item => _yaml.Text(item, key))] : [];
        var plain = new SlurmOptions();
        var options = new SlurmOptions
        {
            Partition = text("partition"),
            Time = text("time"),
            Gpus = number("gpus", 0) ?? plain.Gpus,
            Threads = number("threads", 1) ?? plain.Threads,
            AtOnce = number("at_once", 1),
            Warning = number("warning", 1) ?? plain.Warning,
            Options = lines("options"),
            Setup = lines("setup"),
        };
        return options.Defect() is string defect ? throw _yaml.Wrong(node, "slurm", defect) : options;
    }
}
