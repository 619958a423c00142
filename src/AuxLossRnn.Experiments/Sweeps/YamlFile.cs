using System.Globalization;
using System.Text;
using AuxLossRnn.Runtime;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>A YAML file of one mapping. What is wrong with a node is said with its line and its field.</summary>
internal sealed class YamlFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="UserException">It cannot be read, or is not YAML.</exception>
    public YamlFile(string path)
    {
        Path = path;
        Root = Load();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>All of it.</summary>
    public YamlMappingNode Root { get; }

    /// <summary>Whether a node is YAML's null: <c>~</c>, <c>null</c> or nothing.</summary>
    /// <param name="node">The node.</param>
    public static bool IsNothing(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    /// <summary>The entries of a mapping whose keys are known.</summary>
    public Dictionary<string, YamlNode> Entries(YamlNode node, string field, string[] known)
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

    /// <summary>The items of a list, one or more.</summary>
    public IEnumerable<YamlNode> Items(YamlNode node, string field) => node is YamlSequenceNode { Children.Count: > 0 } list
        ? list.Children
        : throw Wrong(node, field, "must be a list of one value or more, such as [1, 2, 3].");

    /// <summary>A text.</summary>
    public string Text(YamlNode node, string field) => node is YamlScalarNode scalar
        ? scalar.Value ?? ""
        : throw Wrong(node, field, "must be one value, not a list or a mapping.");

    /// <summary>A setting's value as on the command line, where YAML's null is <c>none</c>.</summary>
    public string Setting(YamlNode node, string field) => IsNothing(node) && Text(node, field).Length > 0 ? "none" : Text(node, field);

    /// <summary>A whole number.</summary>
    public long Whole(YamlNode node, string field) => long.TryParse(Text(node, field), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw Wrong(node, field, $"has '{Text(node, field)}', but must hold whole numbers.");

    /// <summary>Does what may be refused because of a node.</summary>
    public void Checked(YamlNode node, string field, Action check)
    {
        try
        {
            check();
        }
        catch (UserException problem)
        {
            throw Wrong(node, field, problem);
        }
    }

    /// <summary>What is wrong with a node.</summary>
    public UserException Wrong(YamlNode node, string field, string problem) => new($"{Path}, line {node.Start.Line}, {field}: it {problem}");

    /// <summary>A message with its place.</summary>
    public UserException Wrong(YamlNode node, string field, UserException problem) =>
        new($"{Path}, line {node.Start.Line}, {field}: {SweepSettings.Words(problem.Template)}", problem);

    private YamlMappingNode Load()
    {
        byte[] bytes = [];
        try
        {
            bytes = File.ReadAllBytes(Path);
            using var reader = new StreamReader(new MemoryStream(bytes), Strict);
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents switch
            {
                [{ RootNode: YamlMappingNode root }] => root,
                [] => throw new UserException($"{Path}, line 1: the file is empty. A sweep has base, axes and seeds."),
                _ => throw new UserException($"{Path}, line 1: the file must be one mapping, such as seeds: [1, 2, 3]."),
            };
        }
        catch (DecoderFallbackException damage)
        {
            int line = 1 + bytes.Take(Utf8Length(bytes)).Count(one => one == '\n');
            throw new UserException($"{Path}, line {line}: this is not UTF-8. Save the file in that encoding.", damage);
        }
        catch (YamlException damage)
        {
            throw new UserException($"{Path}, {Place(damage, Encoding.UTF8.GetString(bytes))}: this is not YAML. {damage.Message.TrimEnd('.')}.", damage);
        }
        catch (InvalidOperationException damage)
        {
            // YamlDotNet's scanner, of a colon within braces or brackets, which it does not say the place of.
            throw new UserException($"{Path}: this is not YAML. Between braces or brackets a colon has no space after it, or a comma or an end is missing.", damage);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{Path} cannot be read: {failure.Message}", failure);
        }
    }

    private static string Place(YamlException damage, string text)
    {
        // Of an anchor that is missing and of a tab YamlDotNet does not say where they stand.
        int at = damage is AnchorNotFoundException && damage.Message.Split('\'') is [_, string anchor, ..] ? text.IndexOf($"*{anchor}", StringComparison.Ordinal)
            : damage.Start.Index == 0 ? text.IndexOf('\t', StringComparison.Ordinal)
            : -1;
        return at < 0 ? $"line {damage.Start.Line}, column {damage.Start.Column}" : $"line {1 + text.AsSpan(0, at).Count('\n')}";
    }

    /// <summary>How many bytes are UTF-8 before the first that is not.</summary>
    private static int Utf8Length(byte[] bytes)
    {
        int length = 0;
        while (length < bytes.Length && Rune.DecodeFromUtf8(bytes.AsSpan(length), out _, out int used) == System.Buffers.OperationStatus.Done)
        {
            length += used;
        }

        return length;
    }
}
