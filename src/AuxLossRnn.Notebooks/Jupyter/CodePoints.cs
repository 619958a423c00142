namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>Places in a text. Jupyter counts Unicode code points, C# counts UTF-16 characters.</summary>
internal static class CodePoints
{
    /// <summary>UTF-16 characters before the place with so many code points before it; the text's end at most.</summary>
    internal static int ToUtf16(string text, int codePoints)
    {
        int place = 0;
        for (int seen = 0; seen < codePoints && place < text.Length; seen++)
        {
            place += IsPair(text, place) ? 2 : 1;
        }

        return place;
    }

    /// <summary>Code points before the place with so many UTF-16 characters before it; a cut pair counts as one.</summary>
    internal static int FromUtf16(string text, int place)
    {
        int codePoints = 0;
        for (int next = 0; next < Math.Min(place, text.Length); codePoints++)
        {
            next += IsPair(text, next) ? 2 : 1;
        }

        return codePoints;
    }

    private static bool IsPair(string text, int place) =>
        char.IsHighSurrogate(text[place]) && place + 1 < text.Length && char.IsLowSurrogate(text[place + 1]);
}
