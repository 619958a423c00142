using Markdig.Parsers;
using Markdig.Syntax;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Keeps the lines of an equation together: a minus at the start of one begins no list, and equal signs underline no heading.</summary>
internal sealed class EquationLines : BlockParser
{
    /// <summary>Makes the parser.</summary>
    public EquationLines() => OpeningCharacters = [.. "-+*=#>`~<|_:0123456789"];

    /// <inheritdoc/>
    public override BlockState TryOpen(BlockProcessor processor)
    {
        if (processor.CurrentBlock is not ParagraphBlock paragraph || !IsWithin(paragraph, processor))
        {
            return BlockState.None;
        }

        paragraph.AppendLine(ref processor.Line, processor.Column, processor.LineIndex, processor.CurrentLineStartPosition, processor.TrackTrivia);
        paragraph.UpdateSpanEnd(processor.Line.End);
        for (Block? open = paragraph; open is not (null or MarkdownDocument); open = open.Parent)
        {
            open.IsOpen = true;
        }

        return BlockState.BreakDiscard;
    }

    private static bool IsWithin(ParagraphBlock paragraph, BlockProcessor processor)
    {
        if (!paragraph.Lines.Lines.Take(paragraph.Lines.Count).Any(line => line.Slice.AsSpan().ContainsAny('$', '\\')))
        {
            return false;
        }

        // What lies before the last line that was looked at is no part of an open equation: a long table is read once, not at each of its lines.
        string lines = paragraph.Lines.ToString() + "\n";
        string before = lines[((int?)paragraph.GetData(typeof(EquationLines)) ?? 0)..];
        string source = processor.Line.Text;
        int blank = source.IndexOf("\n\n", processor.Line.Start, StringComparison.Ordinal);
        string text = before + source[processor.Line.Start..(blank < 0 ? source.Length : blank)];
        bool within = EquationText.In(text).TakeWhile(one => one.Start < before.Length).Any(one => one.Equation.End > before.Length);
        if (!within)
        {
            paragraph.SetData(typeof(EquationLines), lines.Length);
        }

        return within;
    }
}
