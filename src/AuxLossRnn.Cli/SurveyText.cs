using System.Text;
using AuxLossRnn.Data;

namespace AuxLossRnn.Cli;

/// <summary>What a file of sequences holds, for a terminal.</summary>
internal static class SurveyText
{
    private const int Width = 72;
    private const int MostRows = 12; // channels and classes shown each
    private const int MostLines = 3; // channels drawn of a sequence
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>The text.</summary>
    /// <param name="file">What to call it.</param>
    /// <param name="own">What it holds.</param>
    public static string Of(string file, OwnSequences own)
    {
        SequenceSurvey survey = own.Survey();
        string steps = survey.Shortest == survey.Longest ? $"{survey.Longest:N0} steps each" : $"{survey.Shortest:N0} to {survey.Longest:N0} steps, {survey.Steps:N0} in all";
        var text = new StringBuilder();
        Line(text, $"{file}: {survey.TakenFor}");
        Line(text, $"{survey.Count:N0} sequences, {steps}, {survey.Channels.Count} channel{(survey.Channels.Count == 1 ? "" : "s")}");
        Line(text, $"{(survey.Classes is null ? "no labels" : Classes(survey.Classes))}");
        long missing = survey.Channels.Sum(channel => channel.Missing);
        string places = $": {string.Join("; ", own.MissingPlaces().Take(10))}{(missing > 10 ? "; …" : "")}";
        Line(text, $"{(missing == 0 ? "no" : $"{missing:N0}")} value{(missing > 1 ? "s are" : " is")} missing{(missing == 0 ? "" : places)}");
        Line(text, $"");
        Line(text, $"channel      smallest       largest          mean     deviation   missing");
        foreach ((int f, ChannelSurvey channel) in survey.Channels.Take(MostRows).Index())
        {
            Line(text, $"{f,7} {channel.Minimum,13:G6} {channel.Maximum,13:G6} {channel.Mean,13:G6} {channel.Deviation,13:G6} {channel.Missing,9:N0}");
        }

        if (survey.Channels.Count > MostRows)
        {
            Line(text, $"        {More(survey.Channels.Count).TrimStart(',', ' ')}");
        }

        Line(text, $"");
        Line(text, $"{(survey.Classes is null ? "the first sequence" : "the first sequence of each class")}, each channel from its smallest to its largest value:");
        foreach (int sequence in Shown(own, MostRows))
        {
            string name = own.Label(sequence) ?? "sequence 0";
            for (int f = 0; f < Math.Min(MostLines, own.Features); f++)
            {
                Line(text, $"{(f == 0 ? name : ""),12} {(own.Features == 1 ? "" : $"{f} ")}{Drawn(own.Channel(sequence, f), survey.Channels[f], survey.Longest)}");
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The first sequence of each of the first classes; without labels the first.</summary>
    /// <param name="own">The sequences.</param>
    /// <param name="most">The most classes.</param>
    public static IReadOnlyList<int> Shown(OwnSequences own, int most) => own.Survey().Classes is { } classes
        ? [.. classes.Take(most).Select(one => Enumerable.Range(0, own.Count).First(i => own.Label(i) == one.Name))]
        : [0];

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');

    private static string Classes(IReadOnlyList<(string Name, int Count)> classes) => FormattableString.Invariant(
        $"{classes.Count} class{(classes.Count == 1 ? "" : "es")}: {string.Join(", ", classes.Take(MostRows).Select(one => $"{one.Name} ({one.Count})"))}{More(classes.Count)}");

    private static string More(int count) => count > MostRows ? $", and {count - MostRows:N0} more" : "";

    /// <summary>A mark for every few steps, as high as their mean; a blank where all are missing.</summary>
    private static string Drawn(double[] values, ChannelSurvey channel, int longest)
    {
        int width = Math.Min(Width, longest);
        double range = channel.Maximum - channel.Minimum;
        return string.Concat(Enumerable.Range(0, width).Select(column =>
        {
            double[] known = [.. values.Skip((int)((long)column * longest / width)).Take(Math.Max(1, longest / width)).Where(value => !double.IsNaN(value))];
            double part = known.Length == 0 ? double.NaN : range > 0 ? (known.Average() - channel.Minimum) / range : 0.5;
            return double.IsNaN(part) ? ' ' : Levels[Math.Clamp((int)(part * Levels.Length), 0, Levels.Length - 1)];
        })).TrimEnd();
    }
}
