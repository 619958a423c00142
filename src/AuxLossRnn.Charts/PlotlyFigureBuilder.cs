using System.Globalization;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

/// <summary>The kit's figures as Plotly specifications.</summary>
public sealed class PlotlyFigureBuilder : IFigureBuilder
{
    private const int Height = 380;
    private const int MostMarkers = 40; // more of them would hide the line
    private const int ComparisonHeight = 44; // two bars and what parts them from the next two

    private const string Accuracy = "test accuracy (%)";
    private const string TrainingStep = "training step";
    private const string Anchored = "#d55e00"; // the segment and the anchor, in the r-LSTM's colour

    // The ratio of two lengths whose labels have room beside each other, in a figure of the whole width or of half of it.
    private const double WholeApart = 1.25;
    private const double HalfApart = 1.6;

    /// <inheritdoc/>
    public Figure LearningCurves(IReadOnlyList<Series> runs, string title, string accuracy = "test accuracy") => Specification.Figure(
        title, Height, Band.Group(runs).SelectMany(band => Lines(band)),
        ("xaxis", Axis(TrainingStep, more: [("rangemode", "tozero"), ("tickformat", ",d")])),
        ("yaxis", Axis($"{Escaped(accuracy)} (%)")));

    /// <inheritdoc/>
    public Figure AgainstPublished(IReadOnlyList<PublishedComparison> comparisons, string title)
    {
        if (comparisons.Count == 0)
        {
            throw new UserException("There is nothing to compare: give at least one published number or measured result.");
        }

        ModelStyle[] styles = [.. comparisons.Select(one => ModelStyle.Of(one.Model))];
        string[] labels = [.. comparisons.Select(one => Escaped(one.Label))];
        double?[] means = [.. comparisons.Select(one => one.Measured.Count == 0 ? (double?)null : one.Measured.Average())];
        // Lying bars have room for the names of their models, however many there are.
        Trace published = Trace(
            "bar", ("name", "published (P: in the paper's table, N: in notes, D: digitised)"), ("orientation", "h"), ("y", labels), ("x", comparisons.Select(one => one.Published).ToArray()),
            ("text", comparisons.Select(one => one.Published is null ? "" : $"{Number(one.Published)} {one.Standing}").ToArray()),
            ("textposition", "outside"), ("cliponaxis", false),
            ("marker", new
            {
                color = styles.Select(style => Faint(style, 0.2)).ToArray(),
                line = new
                {
                    color = styles.Select(style => style.Colour).ToArray(),
                    width = 1.5,
                },
                pattern = new
                {
                    shape = "/",
                    fgcolor = styles.Select(style => style.Colour).ToArray(),
                    fgopacity = 0.5,
                    size = 6,
                },
            }));
        Trace measured = Trace(
            "bar", ("name", "measured (mean and range over seeds)"), ("orientation", "h"), ("y", labels), ("x", means),
            ("text", means.Select(Number).ToArray()), ("textposition", "auto"), ("insidetextanchor", "middle"),
            ("marker", new { color = styles.Select(style => style.Colour).ToArray() }),
            ("error_x", new
            {
                type = "data",
                symmetric = false,
                array = comparisons.Select((one, i) => means[i] is double mean ? one.Measured.Max() - mean : 0).ToArray(),
                arrayminus = comparisons.Select((one, i) => means[i] is double mean ? mean - one.Measured.Min() : 0).ToArray(),
                color = Ink,
            }));
        int bars = ComparisonHeight * comparisons.Count;
        return Specification.Figure(
            title, bars + 145, [published, measured], ("barmode", "group"),
            ("xaxis", Axis(Accuracy, more: [("range", ToPercent(110)), ("dtick", 20)])),
            ("yaxis", Axis("", more: [("autorange", "reversed"), ("showgrid", false)])),
            ("legend", Below(bars, 60)));
    }

    /// <inheritdoc/>
    public Figure AccuracyByLength(IReadOnlyList<Series> series, string title, string length = "sequence length")
    {
        RequirePositive(series.SelectMany(one => one.X), "length");
        return Specification.Figure(
            title, Height, Band.Group(series).SelectMany(band => Lines(band)),
            ("xaxis", LengthAxis($"{Escaped(length)} (steps)", series.SelectMany(one => one.X), WholeApart)),
            ("yaxis", Axis(Accuracy)));
    }

    /// <inheritdoc/>
    public Figure GradientNorms(IReadOnlyList<Series> series, string title) => Specification.Figure(
        title, Height,
        Band.Group([.. series.Select(one => one with { Y = [.. one.Y.Select(Positive)] })]).SelectMany(band => Lines(band)),
        ("xaxis", Axis("time step t")),
        ("yaxis", Axis("gradient norm ‖∂L/∂h<sub>t</sub>‖", logarithmic: true)));

    /// <inheritdoc/>
    public Figure Costs(IReadOnlyList<CostSeries> series, string title)
    {
        RequirePositive(series.SelectMany(one => one.Lengths), "length");
        IReadOnlyList<Band> times = Band.Group([.. series.Select(one => new Series(one.Name, one.Model, one.Lengths, [.. one.Milliseconds.Select(Positive)]))]);
        IReadOnlyList<Band> memories = Band.Group([.. series.Select(one => new Series(one.Name, one.Model, one.Lengths, [.. one.Mebibytes.Select(Positive)]))]);
        double[] lengths = [.. series.SelectMany(one => one.Lengths)];
        return Specification.Figure(
            title, Height,
            times.SelectMany(band => Lines(band)).Concat(memories.SelectMany(band => Lines(band, "2", legend: false))),
            ("xaxis", LengthAxis("sequence length (steps)", lengths, HalfApart, ("domain", Left))),
            ("yaxis", CostAxis("time of a training step (ms)", series.SelectMany(one => one.Milliseconds))),
            ("xaxis2", LengthAxis("sequence length (steps)", lengths, HalfApart, ("domain", Right), ("anchor", "y2"))),
            ("yaxis2", CostAxis("peak memory (MiB)", series.SelectMany(one => one.Mebibytes), ("anchor", "x2"))),
            ("legend", Below()));
    }

    /// <inheritdoc/>
    public Figure Reconstruction(ReconstructionExample example, string title)
    {
        (int side, int pixels) = (example.Side, example.Side * example.Side);
        int end = example.Start + example.Reconstruction.Count;
        if (example.Image.Count != pixels || example.Start < 0 || end > pixels)
        {
            throw new UserException(
                $"An image of {side} × {side} pixels has steps 0 to {pixels - 1}, but {example.Image.Count} pixels are given and a "
                + $"segment of the steps {example.Start} to {end - 1}: give {pixels} pixels and a segment within them.");
        }

        double?[] told = [.. Enumerable.Range(0, pixels)
            .Select(step => step >= example.Start && step < end ? example.Reconstruction[step - example.Start] : (double?)null)];
        List<Trace> traces =
        [
            Image("read", Rows([.. Numbers(example.Image)], side), ""),
            Image("told again", Rows(told, side), "2"),
            Outline(side, example.Start, end, ""),
            Outline(side, example.Start, end, "2"),
        ];
        // An anchor behind the image is in the legend alone.
        bool inside = example.Anchor < pixels;
        traces.Add(Trace(
            "scatter", ("name", inside ? $"anchor, step {example.Anchor}" : $"anchor at step {example.Anchor}, behind the image"), ("mode", "markers"),
            ("x", new[] { inside ? example.Anchor % side : (int?)null }), ("y", new[] { inside ? example.Anchor / side : (int?)null }),
            ("hovertemplate", $"anchor, step {example.Anchor}<extra></extra>"),
            ("marker", new
            {
                symbol = "x",
                size = 11,
                color = "#56b4e9",
                line = new
                {
                    color = "#000000",
                    width = 1,
                },
            })));
        return Specification.Figure(
            title, Height + 40, traces,
            ("xaxis", PixelAxis("column (pixels); as read", ("domain", Left))),
            ("yaxis", PixelAxis("row (pixels)", ("autorange", "reversed"), ("scaleanchor", "x"))),
            ("xaxis2", PixelAxis("column (pixels); segment as told again", ("domain", Right), ("anchor", "y2"))),
            ("yaxis2", PixelAxis("", ("autorange", "reversed"), ("scaleanchor", "x2"), ("anchor", "x2"))),
            ("legend", Below()));
    }

    /// <inheritdoc/>
    public Figure Confusion(IReadOnlyList<IReadOnlyList<int>> counts, string title, IReadOnlyList<string>? classes = null)
    {
        if (counts.Count == 0 || counts.Any(row => row.Count != counts.Count))
        {
            throw new UserException("A confusion matrix is square: give for each true class the counts of every predicted class.");
        }

        string[] names = [.. classes?.Select(Escaped) ?? Enumerable.Range(0, counts.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        if (names.Length != counts.Count)
        {
            throw new UserException($"There are {names.Length} names for {counts.Count} classes: give one name a class.");
        }

        double[][] shares = [.. counts.Select(row => row.Select(count => 100.0 * count / Math.Max(1, row.Sum())).ToArray())];
        Trace matrix = Trace(
            "heatmap", ("x", names), ("y", names), ("z", shares), ("text", counts.Select(row => row.ToArray()).ToArray()),
            ("texttemplate", "%{text}"), ("zmin", 0), ("zmax", 100), ("xgap", 1), ("ygap", 1),
            ("colorscale", new object[] { new object[] { 0, "#f2f6fa" }, new object[] { 1, "#0072b2" } }),
            ("colorbar", new
            {
                title = new
                {
                    text = "of the true class (%)",
                    side = "right",
                },
                outlinewidth = 0,
            }),
            ("hovertemplate", "true %{y}, predicted %{x}: %{text} (%{z:.1f} %)<extra></extra>"));
        return Specification.Figure(
            title, Height + 80, [matrix],
            ("xaxis", Axis("predicted class", more: [("type", "category"), ("constrain", "domain"), ("showgrid", false)])),
            ("yaxis", Axis("true class", more: [
                ("type", "category"), ("autorange", "reversed"), ("scaleanchor", "x"), ("constrain", "domain"), ("showgrid", false)])));
    }

    /// <inheritdoc/>
    public Figure Training(TrainingCurves curves)
    {
        ModelStyle style = ModelStyle.Of(curves.Model);
        var traces = new List<Trace>
        {
            Line("supervised loss", curves.Supervised with { Y = [.. curves.Supervised.Y.Select(Positive)] }, style, "solid", ""),
        };
        if (curves.Auxiliary.X.Count > 0)
        {
            traces.Add(Line("auxiliary loss", curves.Auxiliary with { Y = [.. curves.Auxiliary.Y.Select(Positive)] }, style, "dot", ""));
        }

        traces.Add(Line("test accuracy", curves.Test, style, "solid", "2"));
        if (curves.Validation.X.Count > 0)
        {
            traces.Add(Line("validation accuracy", curves.Validation, style, "dash", "2"));
        }

        return Specification.Figure(
            $"{curves.Model}: {curves.Status}", Height, traces,
            ("xaxis", Axis(TrainingStep, more: [("rangemode", "tozero"), ("domain", Left), ("tickformat", ",d")])),
            ("yaxis", Axis("loss (nats or squared error)", logarithmic: true, more: [("dtick", "D2")])), // 1, 2 and 5: all nine digits touch
            ("xaxis2", Axis(TrainingStep, more: [("rangemode", "tozero"), ("domain", Right), ("anchor", "y2"), ("tickformat", ",d")])),
            ("yaxis2", Axis("accuracy (%)", more: [("range", ToPercent(100)), ("anchor", "x2")])),
            ("legend", Below()));
    }

    /// <inheritdoc/>
    public Stream OpenPlotly()
    {
        string name = Figure.PlotlyAddress.Split('/')[^1];
        return typeof(GenericChart).Assembly.GetManifestResourceStream($"Plotly.NET.{name}")
            ?? throw new InvalidOperationException($"Plotly.NET does not bring {name}: {nameof(Figure)}.{nameof(Figure.PlotlyAddress)} names another version.");
    }

    private static double[] Left => [0, 0.43];

    private static double[] Right => [0.57, 1];

    /// <summary>A legend under the plot.</summary>
    /// <param name="height">The plot's height in pixels.</param>
    /// <param name="room">What the axis with its title takes, in pixels.</param>
    private static object Below(int height = Height - 95, int room = 63) => new
    {
        orientation = "h",
        y = -(double)room / height,
        bgcolor = "rgba(0,0,0,0)",
    };

    /// <summary>The mean with its markers, over a band if there are several seeds.</summary>
    private static IEnumerable<Trace> Lines(Band band, string axis = "", bool legend = true)
    {
        if (band.Count > 1)
        {
            yield return Trace(
                "scatter", ("name", $"{band.Name}: lowest to highest"), ("legendgroup", band.Name), ("showlegend", false),
                ("hoverinfo", "skip"), ("mode", "lines"), ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
                ("x", band.X.Concat(band.X.Reverse()).ToArray()),
                ("y", Numbers(band.Highest.Concat(band.Lowest.Reverse()))), ("fill", "toself"),
                ("fillcolor", Faint(band.Style, 0.2)), ("line", new { width = 0 }));
        }

        yield return Trace(
            "scatter", ("name", Escaped(band.Legend)), ("legendgroup", band.Name), ("showlegend", legend),
            ("mode", band.X.Length > MostMarkers ? "lines" : "lines+markers"), ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
            ("x", band.X), ("y", Numbers(band.Mean)),
            ("line", new
            {
                color = band.Style.Colour,
                dash = band.Dash,
                width = 2,
            }),
            ("marker", new
            {
                color = band.Style.Colour,
                symbol = band.Marker,
                size = 7,
            }));
    }

    private static Trace Line(string name, Series series, ModelStyle style, string dash, string axis) => Trace(
        "scatter", ("name", name), ("mode", axis.Length > 0 ? "lines+markers" : "lines"), ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
        ("x", series.X.ToArray()), ("y", Numbers(series.Y)),
        ("line", new
        {
            color = style.Colour,
            dash,
            width = 2,
        }),
        ("marker", new
        {
            color = style.Colour,
            symbol = dash == "solid" ? style.Marker : $"{style.Marker}-open",
            size = 6,
        }));

    private static Trace Image(string name, double?[][] rows, string axis) => Trace(
        "heatmap", ("name", name), ("z", rows), ("zmin", 0), ("zmax", 1), ("showscale", false), ("hoverongaps", false),
        ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
        ("colorscale", new object[] { new object[] { 0, "#000000" }, new object[] { 1, "#ffffff" } }),
        ("hovertemplate", "row %{y}, column %{x}: %{z:.2f}<extra></extra>"));

    /// <summary>The border of the pixels of a segment, edge by edge.</summary>
    private static Trace Outline(int side, int start, int end, string axis)
    {
        bool inside(int row, int column) =>
            row >= 0 && column >= 0 && row < side && column < side && row * side + column >= start && row * side + column < end;
        var x = new List<double?>();
        var y = new List<double?>();
        void Edge(double fromX, double fromY, double toX, double toY)
        {
            x.AddRange([fromX, toX, null]);
            y.AddRange([fromY, toY, null]);
        }

        for (int step = start; step < end; step++)
        {
            (int row, int column) = (step / side, step % side);
            (double top, double left) = (row - 0.5, column - 0.5);
            if (!inside(row - 1, column))
            {
                Edge(left, top, left + 1, top);
            }

            if (!inside(row + 1, column))
            {
                Edge(left, top + 1, left + 1, top + 1);
            }

            if (!inside(row, column - 1))
            {
                Edge(left, top, left, top + 1);
            }

            if (!inside(row, column + 1))
            {
                Edge(left + 1, top, left + 1, top + 1);
            }
        }

        return Trace(
            "scatter", ("name", $"segment, steps {start} to {end - 1}"), ("mode", "lines"), ("x", x.ToArray()), ("y", y.ToArray()),
            ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"), ("showlegend", axis.Length == 0), ("hoverinfo", "skip"),
            ("line", new
            {
                color = Anchored,
                width = 2.5,
            }));
    }

    private static LinearAxis PixelAxis(string title, params (string Name, object Value)[] more) =>
        Axis(title, more: [("showgrid", false), ("constrain", "domain"), .. more]);

    /// <summary>A logarithmic axis whose ticks are the lengths themselves.</summary>
    private static LinearAxis LengthAxis(
        string title, IEnumerable<double> lengths, double apart, params (string Name, object Value)[] more)
    {
        // From the longest down, lengths whose labels would touch the last one's are left out.
        List<double> places = [];
        foreach (double length in lengths.Distinct().OrderDescending())
        {
            if (places.Count == 0 || places[^1] / length >= apart)
            {
                places.Add(length);
            }
        }

        places.Reverse();
        return TickAxis(title, [.. places], [("tickangle", 0), .. more]);
    }

    /// <summary>A logarithmic axis with ticks at 1, 2, 5, 10 and so on around the values; beyond three decades at 1, 10, 100.</summary>
    private static LinearAxis CostAxis(string title, IEnumerable<double> values, params (string Name, object Value)[] more)
    {
        double[] positive = [.. values.Where(value => value > 0 && double.IsFinite(value)).DefaultIfEmpty(1)];
        (int first, int last) = ((int)Math.Floor(Math.Log10(positive.Min())), (int)Math.Ceiling(Math.Log10(positive.Max())));
        double[] digits = last - first > 3 ? [1] : [1, 2, 5];
        return TickAxis(
            title, [.. Enumerable.Range(first, last - first + 1).SelectMany(power => digits.Select(digit => digit * Math.Pow(10, power)))], more);
    }

    private static LinearAxis TickAxis(string title, double[] places, params (string Name, object Value)[] more) => Axis(
        title,
        more: [("type", "log"), ("tickmode", "array"), ("tickvals", places), ("ticktext", places.Select(Thousands).ToArray()), .. more]);

    private static int[] ToPercent(int end) => [0, end];

    private static double?[][] Rows(double?[] pixels, int side) => [.. pixels.Chunk(side)];

    // A logarithmic axis has no place for zero.
    private static double Positive(double value) => value > 0 ? value : double.NaN;

    private static void RequirePositive(IEnumerable<double> values, string what)
    {
        foreach (double value in values)
        {
            if (!(value > 0))
            {
                throw new UserException(FormattableString.Invariant(
                    $"A {what} of {value} has no place on a logarithmic axis: give lengths above 0."));
            }
        }
    }

    private static string Number(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "";

    private static string Thousands(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
