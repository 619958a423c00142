using System.Runtime.Loader;
using System.Text.Json;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments.Tests.Figures;

public sealed class FigureBuilderTests
{
    [Theory]
    [InlineData("learning-curves", 11, "training step", "test accuracy (%)")]
    [InlineData("against-published", 2, "test accuracy (%)", "")]
    [InlineData("accuracy-by-length", 2, "sequence length (steps)", "test accuracy (%)")]
    [InlineData("points", 3, "steps that a label's gradient goes back", "test accuracy (%)")]
    [InlineData("gradient-norms", 2, "time step t", "gradient norm ‖∂L/∂h<sub>t</sub>‖")]
    [InlineData("costs", 4, "sequence length (steps)", "time of a training step (ms)")]
    [InlineData("reconstruction", 5, "column (pixels); as read", "row (pixels)")]
    [InlineData("sequences", 9, "time step", "value")]
    [InlineData("confusion", 1, "predicted class", "true class")]
    [InlineData("training", 5, "training step", "loss (nats or squared error)")]
    public void A_figure_has_its_traces_and_axis_titles(string name, int traces, string x, string y)
    {
        Figure figure = SampleFigures.All[name]();
        JsonElement layout = Parse(figure.Layout);
        Assert.Equal(traces, Parse(figure.Data).GetArrayLength());
        Assert.Equal(x, layout.GetProperty("xaxis").GetProperty("title").GetProperty("text").GetString());
        Assert.Equal(y, layout.GetProperty("yaxis").GetProperty("title").GetProperty("text").GetString());
        Assert.Equal("rgba(0,0,0,0)", layout.GetProperty("paper_bgcolor").GetString());
        Assert.Equal(figure.Height, layout.GetProperty("height").GetInt32());
    }

    [Fact]
    public void Every_model_has_a_colour_a_dash_and_a_marker_of_its_own()
    {
        Assert.Equal(8, ModelStyle.All.Select(style => style.Colour).Distinct().Count());
        Assert.Equal(8, ModelStyle.All.Select(style => style.Dash).Distinct().Count());
        Assert.Equal(8, ModelStyle.All.Select(style => style.Marker).Distinct().Count());
        JsonElement[] lines = [.. Lines(SampleFigures.LearningCurves())];
        foreach ((string name, string model) in new[] { ("LSTM (2 runs)", "lstm"), ("r-LSTM (2 runs)", "r-lstm"), ("p-LSTM", "p-lstm") })
        {
            JsonElement line = lines.Single(one => one.GetProperty("name").GetString() == name);
            Assert.Equal(ModelStyle.Of(model).Colour, line.GetProperty("line").GetProperty("color").GetString());
            Assert.Equal(ModelStyle.Of(model).Marker, line.GetProperty("marker").GetProperty("symbol").GetString());
        }
    }

    [Fact]
    public void Two_lines_of_a_model_differ_by_dash_and_marker()
    {
        JsonElement[] lines = [.. Lines(SampleFigures.LearningCurves())
            .Where(line => line.GetProperty("name").GetString()!.StartsWith("r-LSTM", StringComparison.Ordinal))];
        Assert.Equal(2, lines.Length);
        Assert.Single(lines.Select(line => line.GetProperty("line").GetProperty("color").GetString()).Distinct());
        Assert.Equal(2, lines.Select(line => line.GetProperty("line").GetProperty("dash").GetString()).Distinct().Count());
        Assert.Equal(2, lines.Select(line => line.GetProperty("marker").GetProperty("symbol").GetString()).Distinct().Count());
    }

    [Fact]
    public void A_band_goes_from_the_lowest_to_the_highest_seed_around_the_mean()
    {
        Figure figure = SampleFigures.Builder.LearningCurves(
            [new Series("a", "gru", [1, 2, 3], [10, 20, 30]), new Series("a", "gru", [3, 1], [40, 20])], "");
        JsonElement[] traces = [.. Parse(figure.Data).EnumerateArray()];
        Assert.Equal([1, 3, 3, 1], Numbers(traces[0], "x"));
        Assert.Equal([20, 40, 30, 10], Numbers(traces[0], "y"));
        Assert.Equal([1, 3], Numbers(traces[1], "x"));
        Assert.Equal([15, 35], Numbers(traces[1], "y"));
    }

    [Fact]
    public void Points_are_means_whose_error_bars_are_their_95_percent_intervals()
    {
        Figure figure = SampleFigures.Points();
        JsonElement[] lines = [.. Parse(figure.Data).EnumerateArray()];
        SeedStatistics none = SeedStatistics.Of([20, 24, 22]);

        Assert.Equal(["LSTM", "r-LSTM", "LSTM"], lines.Select(line => line.GetProperty("name").GetString()));
        Assert.Equal([true, true, false], lines.Select(line => line.GetProperty("showlegend").GetBoolean()));
        Assert.Equal(none.Mean, Numbers(lines[0], "y")[0]);
        Assert.Equal(none.High!.Value - none.Mean, Numbers(lines[0].GetProperty("error_y"), "array")[0], 1e-9);
        Assert.Equal(none.Mean - none.Low!.Value, Numbers(lines[0].GetProperty("error_y"), "arrayminus")[0], 1e-9);
        Assert.Equal(0, Numbers(lines[1].GetProperty("error_y"), "array")[2]); // one seed has no interval
        Assert.Equal(["none", "1", "full"], Parse(figure.Layout).GetProperty("xaxis").GetProperty("ticktext").EnumerateArray().Select(one => one.GetString()));

        // Beside each other, not over each other; and no axis for accuracies that cannot be, however far an interval reaches.
        Assert.True(Numbers(lines[0], "x")[0] < Numbers(lines[1], "x")[0]);
        Assert.Equal([0, 100], Numbers(Parse(figure.Layout).GetProperty("yaxis2"), "range"));
    }

    [Fact]
    public void Differences_are_filled_where_their_interval_leaves_zero_out_and_those_without_a_seed_are_left_out()
    {
        Figure figure = SampleFigures.Differences();
        JsonElement[] kinds = [.. Parse(figure.Data).EnumerateArray()];
        SeedStatistics gap = SeedStatistics.Of([-3, -4, -3.5]);

        Assert.Equal(["circle", "circle-open"], kinds.Select(kind => kind.GetProperty("marker").GetProperty("symbol").GetString()));
        Assert.Equal(["no gap &amp; more", "segment of 90"], kinds[0].GetProperty("y").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(["&lt;Dropout&gt; instead of DropConnect", "one seed"], kinds[1].GetProperty("y").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(gap.Mean, Numbers(kinds[0], "x")[0]);
        Assert.Equal(gap.High!.Value - gap.Mean, Numbers(kinds[0].GetProperty("error_x"), "array")[0], 1e-9);
        Assert.Equal(gap.Mean - gap.Low!.Value, Numbers(kinds[0].GetProperty("error_x"), "arrayminus")[0], 1e-9);
        Assert.Equal(0, Numbers(kinds[1].GetProperty("error_x"), "array")[1]); // one seed has no interval
        Assert.Equal(3.5, Parse(figure.Layout).GetProperty("yaxis").GetProperty("range")[0].GetDouble()); // the first one at the top
        Assert.Throws<UserException>(() => SampleFigures.Builder.Differences([], ""));
    }

    [Fact]
    public void Bars_carry_the_letter_of_the_published_number()
    {
        JsonElement[] bars = [.. Parse(SampleFigures.AgainstPublished().Data).EnumerateArray()];
        Assert.Equal("98.3 P", bars[0].GetProperty("text")[0].GetString());
        Assert.Equal("95.4 N", bars[0].GetProperty("text")[3].GetString());
        Assert.Equal("", bars[0].GetProperty("text")[4].GetString());
        Assert.Equal(JsonValueKind.Null, bars[0].GetProperty("x")[4].ValueKind);
        Assert.Equal(JsonValueKind.Null, bars[1].GetProperty("x")[3].ValueKind);
        Assert.Equal(95.6, bars[1].GetProperty("x")[4].GetDouble(), 9);
        Assert.Equal(0.6, bars[1].GetProperty("error_x").GetProperty("array")[4].GetDouble(), 9);
    }

    [Fact]
    public void Logarithmic_axes_are_logarithmic_and_zero_becomes_a_gap()
    {
        Assert.Equal("log", AxisType(SampleFigures.AccuracyByLength(), "xaxis"));
        Assert.Equal("log", AxisType(SampleFigures.GradientNorms(), "yaxis"));
        Assert.All(["xaxis", "yaxis", "xaxis2", "yaxis2"], axis => Assert.Equal("log", AxisType(SampleFigures.Costs(), axis)));
        JsonElement norms = Parse(SampleFigures.GradientNorms().Data)[1].GetProperty("y");
        Assert.Equal(JsonValueKind.Null, norms[7].ValueKind);
        Assert.Equal(JsonValueKind.Number, norms[8].ValueKind);
    }

    [Fact]
    public void Axes_of_costs_have_ticks_at_round_numbers_and_lengths_at_their_own()
    {
        JsonElement layout = Parse(SampleFigures.Costs().Layout);
        Assert.Equal([196, 784, 3136, 12544], Numbers(layout.GetProperty("xaxis"), "tickvals"));
        Assert.Equal([100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000], Numbers(layout.GetProperty("yaxis"), "tickvals")[..9]);
        Assert.Equal("12,544", layout.GetProperty("xaxis").GetProperty("ticktext")[3].GetString());
    }

    [Fact]
    public void An_anchor_behind_the_image_is_said()
    {
        Figure figure = SampleFigures.Reconstruction(anchor: 55);
        Assert.Contains("anchor at step 55, behind the image", figure.Data, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_have_their_names_or_else_their_numbers()
    {
        Assert.Contains("\"x\":[\"walk\",\"a&lt;b\"]", SampleFigures.Builder.Confusion([[1, 2], [3, 4]], "", ["walk", "a<b"]).Data, StringComparison.Ordinal);
        Assert.Contains("\"x\":[\"0\",\"1\"]", SampleFigures.Builder.Confusion([[1, 2], [3, 4]], "").Data, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused_with_a_sentence()
    {
        IFigureBuilder builder = SampleFigures.Builder;
        Assert.Contains("'an LSTM' is no model", Refusal(() => builder.LearningCurves([new Series("a", "an LSTM", [1], [1])], "")));
        Assert.Contains("at least one series", Refusal(() => builder.GradientNorms([], "")));
        Assert.Contains("no place in common", Refusal(() => builder.LearningCurves(
            [new Series("a", "gru", [1], [1]), new Series("a", "gru", [2], [1])], "")));
        Assert.Contains("2 places and 1 values", Refusal(() => builder.LearningCurves([new Series("a", "gru", [1, 2], [1])], "")));
        Assert.Contains("empty", Refusal(() => builder.LearningCurves([new Series("a", "gru", [], [])], "")));
        Assert.Contains("length of 0", Refusal(() => builder.AccuracyByLength([new Series("a", "gru", [0], [1])], "")));
        Assert.Contains("square", Refusal(() => builder.Confusion([[1, 2]], "")));
        Assert.Contains("1 names for 2 classes", Refusal(() => builder.Confusion([[1, 2], [3, 4]], "", ["a"])));
        Assert.Contains("49 pixels", Refusal(() => builder.Reconstruction(new ReconstructionExample(7, [1], 0, [1], 1), "")));
        static string Refusal(Func<Figure> draw) => Assert.Throws<UserException>(draw).Message;
    }

    [Theory]
    [InlineData(0.2, true)]
    [InlineData(2.1, false)] // from 2.1 to 2.4 there is no 1, 2 or 5
    public void A_loss_axis_has_ticks_whatever_it_spans(double lowest, bool fixedTicks)
    {
        Figure figure = SampleFigures.Builder.Training(SampleFigures.Run with { Supervised = new Series("", "lstm", [1, 2], [2.4, lowest]), Auxiliary = [] });

        Assert.Equal(fixedTicks, Parse(figure.Layout).GetProperty("yaxis").TryGetProperty("dtick", out _));
    }

    [Fact]
    public void The_charts_bring_their_own_libraries_and_leave_the_host_without()
    {
        SampleFigures.Training();
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, Theirs);
        AssemblyLoadContext charts = AssemblyLoadContext.All.First(context => context.Name == "AuxLossRnn.Charts");
        Assert.Contains(charts.Assemblies, Theirs);
        Assert.DoesNotContain(charts.Assemblies, assembly => assembly.GetName().Name == "AuxLossRnn");
        static bool Theirs(System.Reflection.Assembly assembly) =>
            assembly.GetName().Name is "FSharp.Core" or "Plotly.NET" or "Newtonsoft.Json" or "AuxLossRnn.Charts";
    }

    [Fact]
    public void Missing_charts_are_explained()
    {
        using var folder = new TemporaryFolder();
        string message = Assert.Throws<UserException>(() => AuxLossRnn.Figures.Figures.Load(folder.Path)).Message;
        Assert.Contains(Path.Combine(folder.Path, "charts", "AuxLossRnn.Charts.dll"), message);
        Assert.Contains("dotnet build -c Release src/AuxLossRnn.Charts", message);
    }

    private static IEnumerable<JsonElement> Lines(Figure figure) =>
        Parse(figure.Data).EnumerateArray().Where(trace => !trace.TryGetProperty("fill", out _));

    private static string? AxisType(Figure figure, string axis) => Parse(figure.Layout).GetProperty(axis).GetProperty("type").GetString();

    private static double[] Numbers(JsonElement trace, string property) =>
        [.. trace.GetProperty(property).EnumerateArray().Select(value => value.GetDouble())];

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
