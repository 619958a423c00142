using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>Says what became of a notebook's file that is no JSON any more, and what helps.</summary>
internal static partial class NotebookDamage
{
    /// <summary>What is wrong, in words.</summary>
    /// <param name="text">What stands in the file.</param>
    /// <param name="problem">What the parser says of it.</param>
    public static string Of(string text, JsonException problem)
    {
        const string again = "Take the file from where it came from again, from version control or from a copy such as those in .ipynb_checkpoints.";
        if (string.IsNullOrWhiteSpace(text.Trim('\0')))
        {
            return $"it is empty{(text.Contains('\0', StringComparison.Ordinal) ? " (nothing but zero bytes)" : "")}. {again}";
        }

        if (MergeMark().Match(text) is { Success: true } mark)
        {
            return $"in line {Line(text, mark.Index)} stands '{mark.Value.TrimEnd()}', the mark of a merge that was not finished. "
                + "Keep one of the two sides at each such mark (`git checkout --ours` or `--theirs` takes one for the whole file, nbdime merges cell by cell), then read it again.";
        }

        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
        {
            return "it holds the address of a file in Git LFS, not the file. Fetch that with `git lfs pull`.";
        }

        if (text.TrimStart().StartsWith('<'))
        {
            return "it is a web page or XML, perhaps the page that shows the notebook. Download the notebook itself (on GitHub: Raw).";
        }

        // The text is read as UTF-16, the parser counts bytes of UTF-8: the line alone is sure.
        string place = problem.LineNumber is long line ? string.Create(CultureInfo.InvariantCulture, $" in line {line + 1}") : "";
        return text.TrimEnd()[^1] != '}'
            ? $"its text ends too early{place}, so that a part is missing. {again}"
            : $"its text is no JSON{place}: {Shortened(problem.Message)}. Mend that line, or: {char.ToLowerInvariant(again[0])}{again[1..]}";
    }

    private static string Line(string text, int index) => (text.AsSpan(0, index).Count('\n') + 1).ToString(CultureInfo.InvariantCulture);

    // The parser's place is said already.
    private static string Shortened(string message) => Place().Replace(message, "").TrimEnd('.', ' ');

    [GeneratedRegex("^(<{7} .*|={7}\\s*|>{7} .*)$", RegexOptions.Multiline)]
    private static partial Regex MergeMark();

    [GeneratedRegex(@"(Path: .*?\| )?LineNumber: .*$")]
    private static partial Regex Place();
}
