using System.Globalization;

namespace AuxLossRnn.Data;

/// <summary>The ideal pen strokes of the digits, in several ways of writing each.</summary>
internal static class StrokeDigitsShapes
{
    /// <summary>
    /// Points "x,y" in percent of a box, y downwards, joined by a smooth curve; "|" marks a point that is a sharp corner
    /// and ";" lifts the pen.
    /// </summary>
    private static readonly string[][] Paths =
    [
        [
            "52,2 24,14 8,50 22,86 50,98 78,86 92,50 78,14 46,3",
            "66,8 42,2 20,22 14,55 26,90 52,98 76,82 82,46 72,16 54,5 38,10",
        ],
        [
            "50,0 50,50 50,100",
            "54,0 48,34 50,68 46,100",
            "58,0 52,50 44,100",
            "30,24 42,15 54,0| 52,50 50,100",
            "30,24 52,0| 52,98; 26,98 52,97 78,98",
        ],
        [
            "14,26 24,8 48,0 74,10 80,30 64,56 38,78 10,98| 46,96 88,98",
            "14,24 30,4 56,0 78,16 74,42 50,70 26,92 10,96 8,84 22,78 44,88 66,98 92,92",
            "16,14 40,0 70,6 80,26 66,52 12,96| 88,96",
        ],
        [
            "16,12 40,0 68,6 74,26 58,42 38,47| 64,52 82,70 72,92 44,100 14,90",
            "16,4 78,2| 44,40| 70,46 84,66 72,92 42,100 12,90",
            "14,14 38,0 70,8 72,30 52,46 36,50 38,44 56,46 80,62 76,88 48,100 16,94",
        ],
        [
            "24,2 18,30 14,56| 50,58 90,54; 72,0 70,50 66,100",
            "70,100 70,50 70,0| 10,66| 94,66",
            "22,4 16,36 24,54 50,56 76,46; 78,4 74,50 62,100",
        ],
        [
            "80,2 26,4| 20,44| 44,36 72,44 82,68 66,92 40,100 12,90",
            "26,6 22,42| 50,38 78,52 80,78 56,98 14,92; 26,6 86,2",
            "84,4 52,4 28,16 24,38 46,46 72,58 78,80 54,98 14,90",
        ],
        [
            "66,0 40,20 20,50 16,78 34,98 62,98 80,80 74,58 50,50 26,62 18,78",
            "44,0 30,34 22,70 34,96 60,98 76,80 64,62 42,62 24,76",
            "76,6 50,6 24,36 14,70 30,96 62,98 84,78 74,54 46,48 18,66",
        ],
        [
            "10,6 50,4 88,4| 66,44 42,100",
            "10,8 84,4| 60,50 40,100; 34,52 78,50",
            "16,10 50,6 82,4 66,40 50,70 46,100",
            "12,22 14,6| 50,8 86,2| 70,36 56,66 52,100",
        ],
        [
            "74,16 50,0 26,14 34,38 60,54 80,76 66,96 38,98 20,80 34,58 62,40 76,18 64,2",
            "50,46 26,36 24,12 50,0 76,12 74,36 50,46 24,58 16,82 36,100 64,100 84,82 76,58 50,46",
            "52,0 30,10 34,34 64,58 72,84 50,100 28,84 38,58 68,34 70,10 50,0",
        ],
        [
            "76,22 56,4 30,8 18,30 30,50 54,48 74,28 78,10| 76,50 68,100",
            "78,24 60,2 32,6 20,28 32,50 58,46 78,20 80,46 72,82 46,100 22,92",
            "74,30 58,48 32,48 20,28 34,6 62,2 76,20 74,50 60,100",
        ],
    ];

    /// <summary>The strokes of every digit as [digit][variant][stroke][knot], in a box from −½ to ½.</summary>
    internal static StrokeDigitsKnot[][][][] All { get; } =
        [.. Paths.Select(variants => variants.Select(ParseVariant).ToArray())];

    private static StrokeDigitsKnot[][] ParseVariant(string path) => [.. path.Split(';').Select(ParseStroke)];

    private static StrokeDigitsKnot[] ParseStroke(string stroke) =>
        [.. stroke.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseKnot)];

    private static StrokeDigitsKnot ParseKnot(string knot)
    {
        string[] numbers = knot.TrimEnd('|').Split(',');
        return new(
            (int.Parse(numbers[0], CultureInfo.InvariantCulture) - 50) / 100.0,
            (int.Parse(numbers[1], CultureInfo.InvariantCulture) - 50) / 100.0,
            knot.EndsWith('|'));
    }
}
