using AuxLossRnn.Runtime;
using SkiaSharp;

namespace AuxLossRnn.Data;

/// <summary>Sequences as one picture, to look a reader's own data in the eye.</summary>
public static class SequenceSheet
{
    private const int Width = 900;
    private const int Height = 120;
    private const int Margin = 8;

    // Okabe and Ito's colours, which colour-blind readers tell apart; from the eighth channel on they begin again.
    private static readonly SKColor[] Colours =
    [
        new(0x00, 0x72, 0xb2), new(0xd5, 0x5e, 0x00), new(0x00, 0x9e, 0x73), new(0xcc, 0x79, 0xa7), new(0xe6, 0x9f, 0x00), new(0x56, 0xb4, 0xe9), new(0x00, 0x00, 0x00),
    ];

    /// <summary>Writes a PNG with a strip a sequence: its channels as lines, each from its smallest to its largest value in all sequences; gaps stay gaps.</summary>
    /// <param name="own">The sequences.</param>
    /// <param name="shown">Which of them, from the top.</param>
    /// <param name="path">The file, replaced if it exists.</param>
    /// <exception cref="UserException">There is nothing to show, or pictures cannot be written here.</exception>
    /// <exception cref="IOException">The folder is missing or full.</exception>
    public static void WritePng(OwnSequences own, IReadOnlyList<int> shown, string path)
    {
        if (shown.Count == 0)
        {
            throw new UserException("A picture needs at least one sequence. Name one.");
        }

        ImageFile.Require();
        SequenceSurvey survey = own.Survey();
        using var sheet = new SKBitmap(Width, shown.Count * (Height + 1) + 1, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(sheet))
        {
            canvas.Clear(new SKColor(0xd0, 0xd0, 0xd0)); // the lines between strips
            using var white = new SKPaint { Color = SKColors.White };
            foreach ((int row, int sequence) in shown.Index())
            {
                int top = row * (Height + 1) + 1;
                canvas.DrawRect(0, top, Width, Height, white);
                for (int f = 0; f < own.Features; f++)
                {
                    Draw(canvas, own.Channel(sequence, f), survey, f, top);
                }
            }
        }

        using SKData png = sheet.Encode(SKEncodedImageFormat.Png, quality: 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    private static void Draw(SKCanvas canvas, double[] values, SequenceSurvey survey, int channel, int top)
    {
        (double low, double range) = (survey.Channels[channel].Minimum, survey.Channels[channel].Maximum - survey.Channels[channel].Minimum);
        using var line = new SKPaint { Color = Colours[channel % Colours.Length], StrokeWidth = 1.5f, IsAntialias = true };
        for (int t = 0; t < values.Length; t++)
        {
            SKPoint to = At(t);
            SKPoint from = t > 0 && !double.IsNaN(values[t - 1]) ? At(t - 1) : to;
            if (!double.IsNaN(values[t]))
            {
                canvas.DrawLine(from, to, line);
                if (from == to)
                {
                    canvas.DrawPoint(to, line); // a value between gaps
                }
            }
        }

        SKPoint At(int step) => new(
            Margin + (float)((Width - 2.0 * Margin) * step / Math.Max(1, survey.Longest - 1)),
            top + Height - Margin - (float)((Height - 2.0 * Margin) * (range > 0 ? (values[step] - low) / range : 0.5)));
    }
}
