using System.Text.Json;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Data;
using AuxLossRnn.Figures;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;

namespace AuxLossRnn.Experiments.Tests.Figures;

public sealed class SequenceFiguresTests
{
    private static readonly double[][][] Values =
        [.. Enumerable.Range(0, 12).Select(i => Enumerable.Range(0, 6 + i % 2).Select(t => new[] { 10.0 * i + t, i == 0 && t == 2 ? double.NaN : -t }).ToArray())];

    private static OwnSequences Own => OwnSequences.FromArrays(
        Values, Enumerable.Range(0, 12).Select(i => i % 3 == 0 ? "up" : "down").ToArray(), lengthsDiffer: true, missing: true)
        .WithPreparation(new SequencePreparation(MissingValues.Marked));

    [Fact]
    public void A_channel_has_one_colour_a_series_one_dash_and_each_is_named_once()
    {
        JsonElement[] lines = Lines(SampleFigures.Sequences());

        Assert.Equal(["x, as read", "y&lt;z, as read", "z, as read", "x, reconstructed"], lines.Take(4).Select(Name));
        Assert.Equal([true, true, true, true, true, true, false, false, false], lines.Select(line => line.GetProperty("showlegend").GetBoolean()));
        Assert.Equal(3, lines.Select(line => Line(line, "color")).Distinct().Count());
        Assert.Equal(Line(lines[0], "color"), Line(lines[3], "color"));
        Assert.Equal([Line(lines[0], "dash")], lines[6..].Select(line => Line(line, "dash")).Distinct());
        Assert.NotEqual(Line(lines[0], "dash"), Line(lines[3], "dash"));
        Assert.Equal(18, lines[3].GetProperty("x")[0].GetInt32());
        Assert.Equal(JsonValueKind.Null, lines[2].GetProperty("y")[7].ValueKind);
        Assert.Equal("step %{x}, y&lt;z, as read: %{y:.4g}<extra></extra>", lines[1].GetProperty("hovertemplate").GetString());
    }

    [Fact]
    public void Every_plot_has_its_title_the_mark_and_the_axes_of_the_first()
    {
        JsonElement layout = Parse(SampleFigures.Sequences().Layout);

        Assert.Equal(["walk &amp; &lt;run&gt;", "rest"], layout.GetProperty("annotations").EnumerateArray().Select(title => title.GetProperty("text").GetString()));
        Assert.Equal([("x", true), ("x2", false)], layout.GetProperty("shapes").EnumerateArray()
            .Select(mark => (mark.GetProperty("xref").GetString()!, mark.GetProperty("showlegend").GetBoolean())));
        Assert.Equal(("x", "y"), (layout.GetProperty("xaxis2").GetProperty("matches").GetString(), layout.GetProperty("yaxis2").GetProperty("matches").GetString()));
    }

    [Fact]
    public void Twelve_channels_differ_by_colour_or_dash()
    {
        double[] step = [.. Enumerable.Range(0, 12).Select(f => (double)f)];
        JsonElement[] lines = Lines(SampleFigures.Builder.Sequences([new SequencePanel("", [new SequenceCurves("", [step, step])])], ""));

        Assert.Equal(12, lines.Select(line => (Line(line, "color"), Line(line, "dash"))).Distinct().Count());
        Assert.Equal("channel 11", Name(lines[11]));
    }

    [Fact]
    public void Own_sequences_are_drawn_as_measured_and_a_dataset_as_it_is_read()
    {
        Figure measured = SampleFigures.Builder.Sequences(Own, "measured", channels: ["a", "b"]);
        SequenceDataset train = Own.Split(validation: 0, test: 0.25).Train;
        Figure read = SampleFigures.Builder.Sequences(train, "read", [1]);

        JsonElement[] lines = Lines(measured);
        Assert.Equal(["up", "down"], Parse(measured.Layout).GetProperty("annotations").EnumerateArray().Select(title => title.GetProperty("text").GetString()));
        Assert.Equal([10.0, 11, 12, 13, 14, 15, 16], lines[2].GetProperty("y").EnumerateArray().Select(value => value.GetDouble())); // sequence 1's first channel
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("y")[2].ValueKind); // missing
        Assert.Equal("value as measured", Parse(measured.Layout).GetProperty("yaxis").GetProperty("title").GetProperty("text").GetString());
        Assert.Equal(3, Lines(read).Length); // one more, which marks gaps
        Assert.All(Lines(read)[0].GetProperty("y").EnumerateArray(), value => Assert.InRange(value.GetDouble(), 0, 1));
    }

    [Fact]
    public void A_reconstruction_is_drawn_over_the_end_of_its_sequence()
    {
        DatasetSplits data = Own.Split(validation: 0, test: 0.25);
        var spec = new ExperimentSpec { Dataset = "mine", Model = ModelName.RLstm, Hidden = 4, Batch = 4, Segment = 3, TokenLoss = TokenLoss.SquaredError, Encoding = InputEncoding.Raw };
        using var trainer = new Trainer(spec, data);

        SequencePanel panel = trainer.Reconstructed(data.Test, 0);

        Assert.Equal((data.Test.Length(0), 3), (panel.Curves[0].Values.Count, panel.Curves[1].Values.Count));
        Assert.Equal(data.Test.Length(0), panel.Curves[1].Start + 3);
        Assert.All(panel.Curves, curves => Assert.All(curves.Values, step => Assert.Equal(3, step.Count)));
        using var without = new Trainer(spec with { Model = ModelName.Lstm }, data);
        Assert.Contains("no reconstruction loss", Assert.Throws<UserException>(() => without.Reconstructed(data.Test, 0)).Message);
    }

    [Fact]
    public void What_has_no_step_or_other_channels_is_refused()
    {
        Figure Draw(IReadOnlyList<string>? names, params IReadOnlyList<double>[] steps) =>
            SampleFigures.Builder.Sequences([new SequencePanel("", [new SequenceCurves("one", steps)])], "", names);
        Assert.Contains("nothing to draw", Refusal(() => Draw(null)));
        Assert.Contains("nothing to draw", Refusal(() => SampleFigures.Builder.Sequences(Own, "", [])));
        Assert.Contains("of 'one' has 2 channels, but the first one drawn has 1", Refusal(() => Draw(null, [1], [1, 2])));
        Assert.Contains("1 names for 2 channels", Refusal(() => Draw(["a"], [1, 2])));
        static string Refusal(Func<Figure> draw) => Assert.Throws<UserException>(draw).Message;
    }

    private static JsonElement[] Lines(Figure figure) => [.. Parse(figure.Data).EnumerateArray()];

    private static string? Name(JsonElement line) => line.GetProperty("name").GetString();

    private static string? Line(JsonElement line, string property) => line.GetProperty("line").GetProperty(property).GetString();

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
