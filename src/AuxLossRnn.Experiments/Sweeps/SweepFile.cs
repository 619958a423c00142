using System.Globalization;
using AuxLossRnn.Runtime;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>Reads a sweep from a YAML file. What is wrong is named with its line and its field, before anything is trained.</summary>
public sealed class SweepFile
{
    private static readonly string[] Keys = ["name", "question", "base", "axes", "seeds", "runs", "slurm"];

    private readonly string _path;

    private SweepFile(string path) => _path = path;

    /// <summary>Reads a sweep.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UserException">There is none, it is damaged, or its sweep cannot be trained.</exception>
    public static Sweep Read(string path)
    {
        string full = Path.GetFullPath(path);
        return File.Exists(full)
            ? new SweepFile(full).Parse()
            : throw new UserException(
                Directory.Exists(full) ? $"{full} is a folder, but must be a sweep's file, such as data/studies/reach.yaml."
                : $"There is no {full}. Give a sweep's file, such as data/studies/reach.yaml.");
    }

    private Sweep Parse()
    {
        YamlMappingNode root = Load();
        Dictionary<string, YamlNode> entries = Entries(root, "the file", Keys);
        KeyValuePair<string, string>[] settings = entries.TryGetValue("base", out YamlNode? given) ? [.. Settings(given, "base")] : [];
        SweepAxis[] axes = entries.TryGetValue("axes", out YamlNode? list) ? [.. Items(list, "axes").Select(Axis)] : [];
        ThrowIfTwoSetOne(list, axes);
        YamlNode seeds = entries.TryGetValue("seeds", out YamlNode? numbers) ? numbers : throw Wrong(root, "seeds", "is missing: give the seeds, such as seeds: [1, 2, 3].");
        string name = entries.TryGetValue("name", out YamlNode? named) ? Text(named, "name") : Path.GetFileNameWithoutExtension(_path);
        if (name.Length == 0 || name.IndexOfAny([.. Path.GetInvalidFileNameChars(), ' ']) >= 0)
        {
            throw Wrong(named ?? root, "name", $"is '{name}', but must be a name that a file can have, without spaces.");
        }

        string? runs = entries.TryGetValue("runs", out YamlNode? folder) ? Path.Combine(Path.GetDirectoryName(_path)!, Text(folder, "runs")) : null;
        SlurmOptions slurm = entries.TryGetValue("slurm", out YamlNode? array) ? Slurm(array) : new SlurmOptions();
        try
        {
            return new Sweep(name, null, settings, axes, [.. Items(seeds, "seeds").Select(item => Whole(item, "seeds"))], runs, _path)
            {
                Question = entries.TryGetValue("question", out YamlNode? question) ? Text(question, "question") : null,
                Slurm = slurm,
            };
        }
        catch (UserException problem) when (!problem.Message.StartsWith(_path, StringComparison.Ordinal))
        {
            throw new UserException($"{_path}: {InTheFile(problem)}", problem);
        }
    }

    private YamlMappingNode Load()
    {
        try
        {
            using StreamReader reader = File.OpenText(_path);
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents switch
            {
                [{ RootNode: YamlMappingNode root }] => root,
                [] => throw new UserException($"{_path}, line 1: the file is empty. A sweep has base, axes and seeds."),
                _ => throw new UserException($"{_path}, line 1: a sweep is one mapping of {string.Join(", ", Keys)}."),
            };
        }
        catch (YamlException damage)
        {
            throw new UserException($"{_path}, line {damage.Start.Line}, column {damage.Start.Column}: this is not YAML. {damage.Message}", damage);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{_path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>One setting, several that move together, or one name with named values.</summary>
    private SweepAxis Axis(YamlNode node)
    {
        if (node is not YamlMappingNode { Children.Count: > 0 } map)
        {
            throw Wrong(node, "axes", "has an axis that is no setting with its values, such as - truncation: [1, 4, 16].");
        }

        (string Name, YamlNode Values)[] entries = [.. map.Children.Select(child => (Text(child.Key, "axes"), child.Value))];
        if (entries is [(string name, YamlMappingNode named)])
        {
            return new SweepAxis(name, [.. named.Children.Select(child =>
                new SweepValue(Text(child.Key, name), new Dictionary<string, string>(Settings(child.Value, $"{name}, '{Text(child.Key, name)}'"))))]);
        }

        (string Name, string[] Values)[] columns = [.. entries.Select(entry => (entry.Name, Column(entry.Name, entry.Values, map)))];
        foreach ((string column, string[] values) in columns)
        {
            if (values.Length != columns[0].Values.Length)
            {
                throw Wrong(
                    map.Children.First(child => Text(child.Key, column) == column).Key, column,
                    $"has {values.Length} values where '{columns[0].Name}', with which it moves, has {columns[0].Values.Length}: give as many of each.");
            }
        }

        return new SweepAxis(columns[0].Name, [.. Enumerable.Range(0, columns[0].Values.Length).Select(i =>
            new SweepValue(columns[0].Values[i], columns.ToDictionary(column => column.Name, column => column.Values[i])))]);
    }

    private string[] Column(string name, YamlNode values, YamlMappingNode axis)
    {
        YamlNode key = axis.Children.Keys.First(child => Text(child, name) == name);
        Checked(key, name, () => name is SweepSettings.Preset or SweepSettings.Budget ? null : name == SweepSettings.Seed ? Reject() : SpecValues.Find(name));
        return [.. Items(values, name).Select(item =>
        {
            string text = Text(item, name);
            return Checked(item, name, () =>
            {
                SweepSettings.Check(name, text);
                return text;
            });
        })];

        object? Reject()
        {
            SweepSettings.Check(SweepSettings.Seed, "");
            return null;
        }
    }

    private void ThrowIfTwoSetOne(YamlNode? list, SweepAxis[] axes)
    {
        for (int i = 1; i < axes.Length; i++)
        {
            foreach (SweepAxis before in axes.Take(i))
            {
                if (before.Settings.Append(before.Name).Intersect(axes[i].Settings.Append(axes[i].Name)).FirstOrDefault() is string shared)
                {
                    throw Wrong(
                        ((YamlSequenceNode)list!).Children[i], shared,
                        $"is set by two axes, '{before.Name}' and '{axes[i].Name}'. Settings that move together stand in one axis.");
                }
            }
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Settings(YamlNode node, string field)
    {
        if (node is YamlScalarNode { Value: null or "" })
        {
            yield break; // named values may change nothing
        }

        YamlMappingNode map = node as YamlMappingNode ?? throw Wrong(node, field, "must be settings of a run with their values, such as hidden: 64.");
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            string name = Text(key, field);
            string text = Text(value, name);
            Checked(key, $"{field}, {name}", () =>
            {
                SweepSettings.Check(name, text);
                return text;
            });
            yield return new(name, text);
        }
    }

    private SlurmOptions Slurm(YamlNode node)
    {
        Dictionary<string, YamlNode> entries = Entries(node, "slurm", ["partition", "time", "gpus", "threads", "at_once", "warning", "options", "setup"]);
        string? text(string key) => entries.TryGetValue(key, out YamlNode? value) ? Text(value, key) : null;
        int? number(string key, int least) => !entries.TryGetValue(key, out YamlNode? value) ? null
            : Whole(value, key) is var whole && whole >= least && whole <= int.MaxValue ? (int)whole
            : throw Wrong(value, key, $"is {whole}, but must be a whole number from {least} on.");
        string[] lines(string key) => entries.TryGetValue(key, out YamlNode? value) ? [.. Items(value, key).Select(item => Text(item, key))] : [];
        var plain = new SlurmOptions();
        return new SlurmOptions
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
    }

    private Dictionary<string, YamlNode> Entries(YamlNode node, string field, string[] known)
    {
        YamlMappingNode map = node as YamlMappingNode ?? throw Wrong(node, field, $"must be a mapping of {string.Join(", ", known)}.");
        var entries = new Dictionary<string, YamlNode>();
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            string name = Text(key, field);
            if (!known.Contains(name))
            {
                throw Wrong(key, name, $"is unknown here. {char.ToUpperInvariant(field[0])}{field[1..]} has {string.Join(", ", known)}.");
            }

            entries[name] = value;
        }

        return entries;
    }

    private IEnumerable<YamlNode> Items(YamlNode node, string field) => node is YamlSequenceNode { Children.Count: > 0 } list
        ? list.Children
        : throw Wrong(node, field, "must be a list of one value or more, such as [1, 2, 3].");

    private string Text(YamlNode node, string field) => node is YamlScalarNode scalar
        ? scalar.Value ?? ""
        : throw Wrong(node, field, "must be one value, not a list or a mapping.");

    private long Whole(YamlNode node, string field) => long.TryParse(Text(node, field), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw Wrong(node, field, $"has '{Text(node, field)}', but must hold whole numbers.");

    private TValue Checked<TValue>(YamlNode node, string field, Func<TValue> make)
    {
        try
        {
            return make();
        }
        catch (UserException problem)
        {
            throw new UserException($"{_path}, line {node.Start.Line}, {field}: {InTheFile(problem)}", problem);
        }
    }

    /// <summary>A message with its settings as the file names them.</summary>
    private static string InTheFile(UserException problem) => SettingNames.Replace(problem.Template, (name, value) =>
        SpecValues.Properties.FirstOrDefault(property => property.Name == name) is not { } property ? name
        : value is null ? SpecValues.NameOf(property)
        : $"{SpecValues.NameOf(property)}: {value}");

    private UserException Wrong(YamlNode node, string field, string problem) => new($"{_path}, line {node.Start.Line}, {field}: it {problem}");
}
