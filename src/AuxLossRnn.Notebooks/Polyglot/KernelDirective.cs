using System.Text.Json;
using System.Text.RegularExpressions;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>A directive of kernels, <c>#!share --from csharp name</c>, as .NET Interactive writes them.</summary>
internal sealed partial class KernelDirective
{
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["#!share"] = ["--from", "--as", "--mime-type"],
        ["#!set"] = ["--name", "--value", "--byref", "--mime-type"],
        ["#!value"] = ["--name", "--from-file", "--from-url", "--from-value", "--mime-type"],
    };

    private static readonly string[] Flags = ["--byref"];

    private readonly Dictionary<string, string> _options = [];

    /// <summary>Reads a directive's line.</summary>
    /// <exception cref="UserException">It has something that it does not take.</exception>
    public KernelDirective(string line)
    {
        string[] words = [.. Word().Matches(line).Select(word => word.Value)];
        Name = words[0];
        for (int i = 1; i < words.Length; i++)
        {
            string word = words[i];
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                Argument = Argument is null && Name == "#!share" ? Unquoted(word, word) : throw new UserException($"{Name} does not take {word}. {Usage}");
            }
            else if (!Known[Name].Contains(word))
            {
                throw new UserException($"{Name} has no {word}. {Usage}");
            }
            else
            {
                bool flag = Flags.Contains(word);
                _options[word] = flag ? "" : i + 1 < words.Length ? Unquoted(word, words[++i]) : throw new UserException($"{Name}: what is {word}? {Usage}");
                Quoted |= !flag && word == "--value" && words[i][0] == '"';
            }
        }
    }

    /// <summary>The directive, <c>#!share</c>.</summary>
    public string Name { get; }

    /// <summary>What stands in it without an option.</summary>
    public string? Argument { get; }

    /// <summary>Whether its value is written as a text.</summary>
    public bool Quoted { get; }

    /// <summary>An option's value; null where it is not given.</summary>
    public string? this[string option] => _options.GetValueOrDefault(option);

    /// <summary>An option's value.</summary>
    /// <exception cref="UserException">It is not given.</exception>
    public string Required(string option) => this[option] ?? throw new UserException($"{Name} wants {option}. {Usage}");

    /// <summary>How it is written.</summary>
    public string Usage => "Write it as " + Name switch
    {
        "#!share" => "#!share --from csharp name, with --as other-name for another name.",
        "#!set" => "#!set --name name --value @csharp:other, or --value 5.",
        _ => "#!value --name name, with the text below or --from-file file, --from-url address or --from-value text.",
    };

    private static string Unquoted(string option, string word)
    {
        bool quoted = word.Length >= 2 && word[0] == '"' && word[^1] == '"';
        try
        {
            // A text is one of JSON; the name of a file has \ in it.
            return quoted && option is "--value" or "--from-value" ? JsonSerializer.Deserialize<string>(word)! : quoted ? word[1..^1] : word;
        }
        catch (JsonException)
        {
            return word[1..^1];
        }
    }

    // JSON is one word, up to the next option; what stands in its texts is none.
    [GeneratedRegex(@"[{\[](?:""(?:\\.|[^""\\])*""|[^""])*?(?=\s+--|\s*$)|""(?:\\.|[^""\\])*""|""[^""]*""|\S+")]
    private static partial Regex Word();
}
