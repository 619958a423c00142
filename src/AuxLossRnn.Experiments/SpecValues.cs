using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments;

/// <summary>The properties of a spec as text: what the command line's options and a sweep's file set.</summary>
public static class SpecValues
{
    /// <summary>The properties that are set by text: all that <c>config.json</c> holds, and those of its files of own sequences.</summary>
    public static IReadOnlyList<PropertyInfo> Properties { get; } = [.. typeof(ExperimentSpec).GetProperties()
        .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
        .SelectMany(property => property.Name == nameof(ExperimentSpec.Files) ? typeof(SequenceFiles).GetProperties() : [property])];

    /// <summary>A property's name in <c>config.json</c> and in a sweep's file, such as <c>auxiliary_truncation</c>.</summary>
    /// <param name="property">The property.</param>
    public static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    /// <summary>The option of the command line that sets a property, such as <c>--aux-truncation</c>.</summary>
    /// <param name="property">The property.</param>
    public static string OptionOf(PropertyInfo property) => "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(property.Name)
        .Replace("auxiliary-", "aux-", StringComparison.Ordinal);

    /// <summary>The options of <c>auxloss train</c> that come to a spec, each followed by its value.</summary>
    /// <param name="spec">The spec.</param>
    public static IReadOnlyList<string> OptionsOf(ExperimentSpec spec)
    {
        PropertyInfo[] always = [Find("dataset"), Find("model")];
        ExperimentSpec plain = Set(ExperimentSpec.For(spec.Dataset), [.. always.Select(property => (property, TextOf(spec, property)))]);
        return [.. Properties.Where(property => always.Contains(property) || TextOf(spec, property) != TextOf(plain, property))
            .SelectMany(property => new[] { OptionOf(property), TextOf(spec, property) })];
    }

    /// <summary>Finds a property by that name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="UserException">There is none; the message names the nearest.</exception>
    public static PropertyInfo Find(string name)
    {
        if (Properties.FirstOrDefault(property => NameOf(property) == name) is PropertyInfo found)
        {
            return found;
        }

        string[] nearest = [.. Properties.Select(NameOf).OrderBy(known => Presets.EditDistance(known, name)).ThenBy(known => known, StringComparer.Ordinal).Take(3)];
        throw new UserException($"'{name}' is no setting of a run. The nearest are {string.Join(", ", nearest)}.");
    }

    /// <summary>Sets properties. Another model brings what it needs, unless it is set as well.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="values">Properties and their values as text; of a property set twice the later counts.</param>
    /// <exception cref="UserException">A value is not of its property's type.</exception>
    public static ExperimentSpec Set(ExperimentSpec spec, IReadOnlyCollection<(PropertyInfo Property, string Text)> values)
    {
        ExperimentSpec changed = SetAlone(spec, values);
        changed = changed.Model == spec.Model ? changed : SetAlone(spec.WithModel(changed.Model), values);
        bool named = values.Any(value => value.Property.Name == nameof(ExperimentSpec.Dataset));
        return changed.Files?.DataFile is string file && !named && changed.Dataset == new ExperimentSpec().Dataset ? changed with { Dataset = NameOfFile(file) } : changed;
    }

    /// <summary>What a reader's own data are called where nobody says it: as their file, without an archive's mark of the training part.</summary>
    private static string NameOfFile(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        name = name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(name) : name;
        name = name.EndsWith("_TRAIN", StringComparison.Ordinal) ? name[..^"_TRAIN".Length] : name;
        name = string.Concat(name.Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));
        return DatasetNames.All.Contains(name) || name.Trim('.').Length == 0 ? $"my-{name}" : name;
    }

    // Of text only what stands in files may be missing.
    private static bool IsNothingAllowed(PropertyInfo property) => property.PropertyType == typeof(string) && IsOfFiles(property);

    private static bool IsOfFiles(PropertyInfo property) => property.DeclaringType == typeof(SequenceFiles);

    /// <summary>What a property takes, such as <c>steps|full|none</c>.</summary>
    /// <param name="type">The property's type.</param>
    public static string Expected(Type type)
    {
        Type? inner = Nullable.GetUnderlyingType(type);
        Type plain = inner ?? type;
        string expected = plain.IsEnum ? string.Join("|", NamesOf(plain))
            : plain == typeof(Truncation) ? "steps|full|none"
            : plain == typeof(ModelName) ? "model"
            : plain == typeof(bool) ? "true|false"
            : plain == typeof(double) ? "number"
            : plain == typeof(string) ? "name"
            : "whole number";
        return inner is null ? expected : expected + "|none";
    }

    /// <summary>The value of a property as <see cref="Set"/> takes it.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="property">The property.</param>
    public static string TextOf(ExperimentSpec spec, PropertyInfo property) => property.GetValue(IsOfFiles(property) ? spec.Files ?? new() : spec) is object value
        ? JsonSerializer.SerializeToNode(value, property.PropertyType, KitJson.Line)!.ToString()
        : "none";

    /// <summary>A value as <see cref="Set"/> takes it, where a message names it as code does.</summary>
    /// <param name="type">The property's type.</param>
    /// <param name="value">The value.</param>
    public static string Typed(Type type, string value) => type.IsEnum && Enum.TryParse(type, value, out object? member)
        ? JsonSerializer.SerializeToElement(member, type, KitJson.Line).GetString()!
        : value;

    private static ExperimentSpec SetAlone(ExperimentSpec spec, IReadOnlyCollection<(PropertyInfo Property, string Text)> values)
    {
        JsonObject json = Json(spec);
        JsonObject files = Json(spec.Files ?? new SequenceFiles());
        foreach ((PropertyInfo property, string text) in values)
        {
            JsonObject holder = IsOfFiles(property) ? files : json;
            holder[NameOf(property)] = Value(property, text);
        }

        json[NameOf(typeof(ExperimentSpec).GetProperty(nameof(ExperimentSpec.Files))!)] = JsonNode.DeepEquals(files, Json(new SequenceFiles())) ? null : files;

        return json.Deserialize<ExperimentSpec>(KitJson.Line)!;
    }

    private static JsonObject Json<TValue>(TValue value) => JsonSerializer.SerializeToNode(value, KitJson.Line)!.AsObject();

    private static JsonValue? Value(PropertyInfo property, string text)
    {
        Type? inner = Nullable.GetUnderlyingType(property.PropertyType);
        if (text == "none" && (inner is not null || IsNothingAllowed(property)))
        {
            return null;
        }

        var culture = CultureInfo.InvariantCulture;
        Type plain = inner ?? property.PropertyType;
        if (plain == typeof(Truncation))
        {
            return JsonValue.Create(Truncation.Parse(text).ToString());
        }

        if (plain == typeof(ModelName))
        {
            return JsonValue.Create(Kits(property, text).ToString());
        }

        bool good = plain == typeof(string)
            || (plain.IsEnum && NamesOf(plain).Contains(text))
            || (plain == typeof(bool) && bool.TryParse(text, out _))
            || ((plain == typeof(int) || plain == typeof(long)) && long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long whole)
                && (plain == typeof(long) || whole is >= int.MinValue and <= int.MaxValue))
            || (plain == typeof(double) && double.TryParse(text, NumberStyles.Float, culture, out double number) && double.IsFinite(number));
        if (!good)
        {
            throw new UserException($"‹{property.Name}› is '{text}', but must be {Sentence(Expected(property.PropertyType))}.");
        }

        return plain == typeof(string) || plain.IsEnum
            ? JsonValue.Create(text)
            : plain == typeof(bool) ? JsonValue.Create(bool.Parse(text))
            : plain == typeof(double) ? JsonValue.Create(double.Parse(text, NumberStyles.Float, culture))
            : JsonValue.Create(long.Parse(text, NumberStyles.AllowLeadingSign, culture));
    }

    /// <summary>Encoders and losses of one's own are for code: by text there are those of the kit.</summary>
    private static ModelName Kits(PropertyInfo property, string text)
    {
        try
        {
            ModelName model = ModelName.Parse(text);
            _ = ModelParts.Of(new ExperimentSpec { Model = model });
            return model;
        }
        catch (UserException)
        {
            throw new UserException(
                $"‹{property.Name}› is '{text}', but must be an encoder ({string.Join(", ", Encoders.All.Select(part => part.Name))}), or r, p or rp, a dash and a recurrent encoder: "
                + "r-lstm, p-gru, rp-irnn.");
        }
    }

    private static string Sentence(string expected) => expected.Contains('|', StringComparison.Ordinal)
        ? "one of: " + expected.Replace("|", ", ", StringComparison.Ordinal)
        : "a " + expected;

    private static IEnumerable<string> NamesOf(Type type) =>
        Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type, KitJson.Line)!.GetValue<string>());
}
