using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Cli;

/// <summary>One option for each property of a spec, described by the property's own documentation.</summary>
public sealed partial class SpecOptions
{
    private readonly List<(PropertyInfo Property, Option<string> Option)> _options = [];

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public SpecOptions(Command command)
    {
        Dictionary<string, string> summaries = ReadSummaries();
        foreach (PropertyInfo property in typeof(ExperimentSpec).GetProperties()
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is null))
        {
            var option = new Option<string>(NameOf(property))
            {
                Description = summaries.GetValueOrDefault(property.Name, property.Name) + ModelsDefaults(property.Name),
                HelpName = Expected(property.PropertyType),
            };
            _options.Add((property, option));
            command.Add(option);
        }
    }

    /// <summary>The option that sets a property, such as <c>--aux-truncation</c>.</summary>
    /// <param name="property">The property.</param>
    public static string NameOf(PropertyInfo property) => "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(property.Name)
        .Replace("auxiliary-", "aux-", StringComparison.Ordinal);

    /// <summary>Overrides a spec with the options that were given. Another model brings what it needs, unless an option says otherwise.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="parsed">The parsed command line.</param>
    /// <exception cref="UserException">A value is not of the option's type.</exception>
    public ExperimentSpec Apply(ExperimentSpec spec, ParseResult parsed)
    {
        ExperimentSpec changed = Override(spec, parsed);
        return changed.Model == spec.Model ? changed : Override(spec.WithModel(changed.Model), parsed);
    }

    /// <summary>The options that were given though they mean nothing to the model, such as <c>--anchors</c> to a GRU.</summary>
    /// <param name="spec">What is to be trained.</param>
    /// <param name="parsed">The parsed command line.</param>
    public IReadOnlyList<string> WithoutEffect(ExperimentSpec spec, ParseResult parsed) =>
    [
        .. from option in _options
           where UnusedSettings.Of(spec).Contains(option.Property.Name) && parsed.GetResult(option.Option) is { Implicit: false }
           select option.Option.Name,
    ];

    private ExperimentSpec Override(ExperimentSpec spec, ParseResult parsed)
    {
        JsonObject json = JsonSerializer.SerializeToNode(spec, KitJson.Line)!.AsObject();
        foreach ((PropertyInfo property, Option<string> option) in _options)
        {
            if (parsed.GetValue(option) is string text)
            {
                json[JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)] = Value(property.PropertyType, text, option.Name);
            }
        }

        return json.Deserialize<ExperimentSpec>(KitJson.Line)!;
    }

    private static JsonValue? Value(Type type, string text, string option)
    {
        Type? inner = Nullable.GetUnderlyingType(type);
        if (inner is not null && text == "none")
        {
            return null;
        }

        var culture = CultureInfo.InvariantCulture;
        Type plain = inner ?? type;
        if (plain == typeof(Truncation))
        {
            return JsonValue.Create(Truncation.Parse(text).ToString());
        }

        if (plain == typeof(ModelName))
        {
            return JsonValue.Create(Kits(text, option).ToString());
        }

        bool good = plain == typeof(string)
            || (plain.IsEnum && NamesOf(plain).Contains(text))
            || (plain == typeof(bool) && bool.TryParse(text, out _))
            || ((plain == typeof(int) || plain == typeof(long)) && long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long whole)
                && (plain == typeof(long) || whole is >= int.MinValue and <= int.MaxValue))
            || (plain == typeof(double) && double.TryParse(text, NumberStyles.Float, culture, out double number) && double.IsFinite(number));
        if (!good)
        {
            throw new UserException($"{option} is '{text}', but must be {Sentence(Expected(type))}.");
        }

        return plain == typeof(string) || plain.IsEnum
            ? JsonValue.Create(text)
            : plain == typeof(bool) ? JsonValue.Create(bool.Parse(text))
            : plain == typeof(double) ? JsonValue.Create(double.Parse(text, NumberStyles.Float, culture))
            : JsonValue.Create(long.Parse(text, NumberStyles.AllowLeadingSign, culture));
    }

    /// <summary>Encoders and losses of one's own are for code: here there are those of the kit.</summary>
    private static ModelName Kits(string text, string option)
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
                $"{option} is '{text}', but must be an encoder ({string.Join(", ", Encoders.All.Select(part => part.Name))}), or r, p or rp, a dash and a recurrent encoder: "
                + "r-lstm, p-gru, rp-irnn.");
        }
    }

    private static string Expected(Type type)
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

    private static string Sentence(string expected) => expected.Contains('|', StringComparison.Ordinal)
        ? "one of: " + expected.Replace("|", ", ", StringComparison.Ordinal)
        : "a " + expected;

    private static IEnumerable<string> NamesOf(Type type) =>
        Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type, KitJson.Line)!.GetValue<string>());

    private static string ModelsDefaults(string property) => string.Concat(
        from model in Encoders.All.Select(part => ModelName.Parse(part.Name))
        let plain = new ExperimentSpec { Model = model }
        from difference in SpecTable.Differences(plain.WithModel(model), plain)
        where difference.Name == property
        select $" With --model {model} {difference.Value} by default.");

    private static Dictionary<string, string> ReadSummaries()
    {
        string prefix = $"P:{typeof(ExperimentSpec).FullName}.";
        string path = Path.Combine(AppContext.BaseDirectory, "AuxLossRnn.xml");
        return !File.Exists(path) ? [] : XDocument.Load(path).Descendants("member")
            .Where(member => member.Attribute("name")!.Value.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(
                member => member.Attribute("name")!.Value[prefix.Length..],
                // What is null in code is typed as none.
                member => Blanks().Replace(member.Element("summary")?.Value.Trim() ?? "", " ").Replace("null", "none", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
