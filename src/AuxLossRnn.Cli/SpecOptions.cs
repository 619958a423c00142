using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AuxLossRnn.Experiments;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Cli;

/// <summary>One option for each property of a spec, described by the property's own documentation.</summary>
public sealed partial class SpecOptions
{
    private readonly List<(PropertyInfo Property, Option<string> Option)> _options = [];

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="which">Which properties have one; null for all.</param>
    public SpecOptions(Command command, Func<PropertyInfo, bool>? which = null)
    {
        Dictionary<string, string> summaries = ReadSummaries();
        foreach (PropertyInfo property in SpecValues.Properties.Where(which ?? (_ => true)))
        {
            var option = new Option<string>(SpecValues.OptionOf(property))
            {
                Description = summaries.GetValueOrDefault(property.Name, property.Name) + ModelsDefaults(property.Name),
                HelpName = SpecValues.Expected(property.PropertyType),
            };
            _options.Add((property, option));
            command.Add(option);
        }
    }

    /// <summary>Overrides a spec with the options that were given. Another model brings what it needs, unless an option says otherwise.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="parsed">The parsed command line.</param>
    /// <exception cref="UserException">A value is not of the option's type.</exception>
    public ExperimentSpec Apply(ExperimentSpec spec, ParseResult parsed) => SpecValues.Set(
        spec, [.. from option in _options let text = parsed.GetValue(option.Option) where text is not null select (option.Property, text)]);

    /// <summary>The spec that the options come to alone, from the defaults of their dataset; null where none is given.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <exception cref="UserException">A value is not of the option's type.</exception>
    public ExperimentSpec? Read(ParseResult parsed) => _options.All(option => parsed.GetValue(option.Option) is null)
        ? null
        : Apply(ExperimentSpec.For(Apply(new ExperimentSpec(), parsed).Dataset), parsed);

    /// <summary>The names of the properties whose options were given.</summary>
    /// <param name="parsed">The parsed command line.</param>
    public IReadOnlyCollection<string> Given(ParseResult parsed) =>
        [.. from option in _options where parsed.GetResult(option.Option) is { Implicit: false } select option.Property.Name];

    /// <summary>The options that were given though they mean nothing to the model, such as <c>--anchors</c> to a GRU.</summary>
    /// <param name="spec">What is to be trained.</param>
    /// <param name="parsed">The parsed command line.</param>
    public IReadOnlyList<string> WithoutEffect(ExperimentSpec spec, ParseResult parsed) =>
    [
        .. from option in _options
           where UnusedSettings.Of(spec).Contains(option.Property.Name) && parsed.GetResult(option.Option) is { Implicit: false }
           select option.Option.Name,
    ];

    private static string ModelsDefaults(string property) => string.Concat(
        from model in Encoders.All.Select(part => ModelName.Parse(part.Name))
        let plain = new ExperimentSpec { Model = model }
        from difference in SpecTable.Differences(plain.WithModel(model), plain)
        where difference.Name == property
        select $" With --model {model} {difference.Value} by default.");

    private static Dictionary<string, string> ReadSummaries()
    {
        string[] prefixes = [$"P:{typeof(ExperimentSpec).FullName}.", $"P:{typeof(SequenceFiles).FullName}."];
        string path = Path.Combine(AppContext.BaseDirectory, "AuxLossRnn.xml");
        return !File.Exists(path) ? [] : XDocument.Load(path).Descendants("member")
            .Where(member => prefixes.Any(prefix => member.Attribute("name")!.Value.StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(
                member => member.Attribute("name")!.Value.Split('.')[^1],
                // What is null in code is typed as none.
                member => Blanks().Replace(member.Element("summary")?.Value.Trim() ?? "", " ").Replace("null", "none", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
