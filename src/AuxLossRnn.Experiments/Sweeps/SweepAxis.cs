using System.Reflection;
using System.Text.Json;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>One question of a sweep: the values that a setting takes, or several settings that move together.</summary>
/// <param name="Name">Its name: a column of the collected table.</param>
/// <param name="Values">The values, in the order of tables and figures.</param>
public sealed record SweepAxis(string Name, IReadOnlyList<SweepValue> Values)
{
    /// <summary>One setting alone.</summary>
    /// <param name="setting">A property of a spec by its name in <c>config.json</c>, <c>preset</c> or <c>budget</c>.</param>
    /// <param name="values">Its values: text as on the command line, numbers, the kit's own types, or null for none.</param>
    public static SweepAxis Over(string setting, params IReadOnlyList<object?> values) => new(
        setting,
        [.. values.Select(value => value is null ? "none" : JsonSerializer.SerializeToNode(value, value.GetType(), KitJson.Line)!.ToString())
            .Select(text => new SweepValue(text, new Dictionary<string, string> { [setting] = text }))]);

    /// <summary>The settings that some value of the axis sets.</summary>
    public IEnumerable<string> Settings => Values.SelectMany(value => value.Settings.Keys).Distinct();
}

/// <summary>A value of an axis.</summary>
/// <param name="Label">How tables and figures name it.</param>
/// <param name="Settings">What it sets: properties of a spec by their names in <c>config.json</c>, <c>preset</c> or <c>budget</c>, as text.</param>
public sealed record SweepValue(string Label, IReadOnlyDictionary<string, string> Settings);

/// <summary>One run of a sweep.</summary>
/// <param name="Index">Its place in the plan, from 0: all of the first seed, then all of the next.</param>
/// <param name="Labels">The label of each axis, by the axis's name.</param>
/// <param name="Spec">What is trained.</param>
/// <param name="Folder">The run folder. Points that come to the same training share it.</param>
public sealed record SweepPoint(int Index, IReadOnlyDictionary<string, string> Labels, Specs.ExperimentSpec Spec, string Folder)
{
    /// <summary>The point in words: <c>truncation 4, model r-lstm, seed 1</c>.</summary>
    public override string ToString() => string.Join(", ", [.. Labels.Select(one => $"{one.Key} {one.Value}"), $"seed {Spec.Seed}"]);
}

/// <summary>What a point is made of, before its axes: settings by name, two of which choose where to begin.</summary>
internal static class SweepSettings
{
    /// <summary>A row of the paper to begin with.</summary>
    public const string Preset = "preset";

    /// <summary>How much of it.</summary>
    public const string Budget = "budget";

    /// <summary>The dataset, whose defaults a run begins with.</summary>
    public const string Dataset = "dataset";

    /// <summary>The seed, which is given for the whole sweep.</summary>
    public const string Seed = "seed";

    /// <summary>The spec that settings come to.</summary>
    /// <param name="start">Where to begin without a preset; null for the defaults of the dataset.</param>
    /// <param name="settings">The settings; of one set twice the later counts.</param>
    /// <exception cref="UserException">One does not exist, or its value is not of its type.</exception>
    public static Specs.ExperimentSpec Spec(Specs.ExperimentSpec? start, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var byName = new Dictionary<string, string>();
        foreach ((string name, string text) in settings)
        {
            byName[name] = text;
        }

        Budget budget = Presets.ParseBudget(byName.GetValueOrDefault(Budget, "laptop"));
        (PropertyInfo Property, string Text)[] values = [.. byName.Where(one => one.Key is not (Preset or Budget))
            .Select(one => (SpecValues.Find(one.Key), one.Value))];
        Specs.ExperimentSpec from = byName.TryGetValue(Preset, out string? preset) ? Presets.Find(preset, budget)
            : byName.ContainsKey(Budget) ? throw new UserException("‹budget› scales a preset: give 'preset' as well, or leave it out.")
            : start ?? Specs.ExperimentSpec.For(byName.GetValueOrDefault(Dataset, new Specs.ExperimentSpec().Dataset));
        return SpecValues.Set(from, values);
    }

    /// <summary>A message with its settings as a sweep names them.</summary>
    /// <param name="template">The message, its settings in angle quotes.</param>
    public static string Words(string template) => SettingNames.Replace(template, (name, value) =>
        name == nameof(DataRoot) ? $"‹{name}›" // no setting of the file: the command says what sets it
        : SpecValues.Properties.FirstOrDefault(property => property.Name == name) is not { } property ? name
        : value is null ? SpecValues.NameOf(property)
        : $"{SpecValues.NameOf(property)}: {SpecValues.Typed(property.PropertyType, value)}");

    /// <summary>Refuses what is no setting of a sweep's points.</summary>
    /// <param name="name">The setting.</param>
    public static void Check(string name)
    {
        if (name == Seed)
        {
            throw new UserException("The seeds of a sweep stand under 'seeds', for all its points: leave 'seed' out.");
        }

        if (name is not (Preset or Budget))
        {
            SpecValues.Find(name);
        }
    }

    /// <summary>Refuses what is no setting, or has a value of another type.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="text">Its value.</param>
    public static void Check(string name, string text)
    {
        Check(name);
        if (name == Preset)
        {
            Presets.Find(text, Experiments.Budget.Laptop);
        }
        else if (name == Budget)
        {
            Presets.ParseBudget(text);
        }
        else if (name == Dataset && !DatasetCatalog.Names.Contains(text))
        {
            throw new UserException($"There is no dataset '{text}'. Choose one of {string.Join(", ", DatasetCatalog.Names)}.");
        }
        else
        {
            SpecValues.Set(new Specs.ExperimentSpec(), [(SpecValues.Find(name), text)]);
        }
    }
}
