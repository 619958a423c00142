using System.Globalization;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Text that a program wrote to a console, as it stood there in the end.</summary>
internal sealed partial class ConsoleText
{
    // A column that nothing was written to shows as a space.
    private readonly List<List<string>> _rows = [[]];
    private int _row;
    private int _column;

    private ConsoleText()
    {
    }

    /// <summary>What is seen: carriage returns, backspaces and the usual commands move the place and erase; colours are left out.</summary>
    /// <param name="text">What was written.</param>
    public static string Shown(string text)
    {
        text = Plain().Replace(text, match => match.Value == "\r\n" ? "\n" : "");
        if (!Commands().IsMatch(text))
        {
            return text;
        }

        var console = new ConsoleText();
        foreach (Match part in Parts().Matches(text))
        {
            if (part.Groups["command"].Success)
            {
                console.Obey(part.Groups["command"].Value[0], part.Groups["number"].Value);
            }
            else if (part.Groups["text"].Success)
            {
                console.Write(part.Value);
            }
            else
            {
                console.Move(part.Value);
            }
        }

        return string.Join('\n', console._rows.Select(row => string.Concat(row)));
    }

    private void Write(string text)
    {
        List<string> row = _rows[_row];
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            while (row.Count <= _column)
            {
                row.Add(" ");
            }

            row[_column++] = elements.GetTextElement();
        }
    }

    private void Move(string part)
    {
        switch (part)
        {
            case "\r":
                _column = 0;
                break;
            case "\b":
                _column = Math.Max(0, _column - 1);
                break;
            case "\n" or "\u0085":
                _column = 0;
                Down(1);
                break;
            case "\v" or "\f":
                Down(1);
                break;
            default:
                break; // bells, colours, titles
        }
    }

    private void Obey(char command, string digits)
    {
        int number = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? Math.Min(given, Most) : 0;
        int steps = Math.Max(1, number);
        List<string> row = _rows[_row];
        switch (command)
        {
            case 'A':
                _row = Math.Max(0, _row - steps);
                break;
            case 'B':
                Down(steps);
                break;
            case 'C':
                _column = Math.Min(Most, _column + steps);
                break;
            case 'D':
                _column = Math.Max(0, _column - steps);
                break;
            case 'G':
                _column = steps - 1;
                break;
            case 'J' when number is 0:
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                goto case 'K';
            case 'K' when number is 1 or 2:
                for (int i = 0; i <= Math.Min(_column, row.Count - 1); i++)
                {
                    row[i] = " ";
                }

                if (number == 2)
                {
                    row.Clear();
                }

                break;
            case 'K':
                row.RemoveRange(Math.Min(_column, row.Count), row.Count - Math.Min(_column, row.Count));
                break;
            default:
                break; // colours; places on a screen that nobody has
        }
    }

    private void Down(int rows)
    {
        for (_row += rows; _rows.Count <= _row;)
        {
            _rows.Add([]);
        }
    }

    // As wide and high as a console may be: a number in the text is no reason to run out of memory.
    private const int Most = 1000;

    [GeneratedRegex(@"\r\n|\x1b\[[0-9;:]*m")]
    private static partial Regex Plain();

    [GeneratedRegex(@"[\x00-\x08\x0b-\x1f\x7f-\x9f]")]
    private static partial Regex Commands();

    [GeneratedRegex(@"\x1b\[(?<number>[0-9]*)[0-9;:?<=>]*[ -/]*(?<command>[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|(?<text>[^\x00-\x08\x0a-\x1f\x7f-\x9f]+)|[\s\S]")]
    private static partial Regex Parts();
}
