using System.Globalization;
using System.Text;

namespace AuxLossRnn.Cli;

/// <summary>Curves drawn with characters, for a terminal.</summary>
public static class CurvePlot
{
    private const int Rows = 11; // 0 %, 10 %, … 100 %

    /// <summary>Draws accuracies against steps.</summary>
    /// <param name="curves">Name, mark and points (step, accuracy in [0, 1]) of each curve; later ones are drawn on top.</param>
    /// <param name="width">The columns of the plot.</param>
    public static string Render(IReadOnlyList<(string Name, char Mark, IReadOnlyList<(int Step, double Accuracy)> Points)> curves, int width = 60)
    {
        int last = Math.Max(1, curves.SelectMany(curve => curve.Points).Select(point => point.Step).DefaultIfEmpty(1).Max());
        char[][] canvas = [.. Enumerable.Range(0, Rows).Select(_ => new string(' ', width + 1).ToCharArray())];
        foreach ((_, char mark, var points) in curves)
        {
            foreach ((int step, double accuracy) in points)
            {
                int row = (int)Math.Round((1 - Math.Clamp(accuracy, 0, 1)) * (Rows - 1));
                canvas[row][(int)((long)step * width / last)] = mark;
            }
        }

        var text = new StringBuilder();
        for (int row = 0; row < Rows; row++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{100 - row * 10,4} % │{new string(canvas[row]).TrimEnd()}");
        }

        text.AppendLine("       └" + new string('─', width));
        string steps = last.ToString("N0", CultureInfo.InvariantCulture);
        text.AppendLine("        0" + steps.PadLeft(width - 1) + " steps");
        text.Append("        " + string.Join("   ", curves.Select(curve => $"{curve.Mark} {curve.Name}")));
        return text.ToString();
    }
}
