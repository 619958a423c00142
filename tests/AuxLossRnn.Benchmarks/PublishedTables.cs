using System.Globalization;

namespace AuxLossRnn.Benchmarks;

/// <summary>The tables of docs/speed.md in Markdown, from a file of results: a column for each processor and instruction set.</summary>
internal static class PublishedTables
{
    private const string Missing = "…", Dot = " · ";

    /// <summary>Writes them all; what was not measured is "…".</summary>
    public static void Write(IReadOnlyCollection<Results> all, TextWriter writer)
    {
        Joint(all, writer);
        writer.WriteLine();
        Others(all, writer);
        writer.WriteLine();
        Optimisations(all, writer);
    }

    private static void Joint(IReadOnlyCollection<Results> all, TextWriter writer)
    {
        // A run measures lower instruction sets too. In turn with the highest they compare best, and those come first.
        var columns = all.SelectMany(results => results.Measurements.Where(m => m is { Section: "joint", Name: "kit" })
            .Select(m => (Run: results, m.Instructions, m.Precision))).DistinctBy(column => (column.Run.Environment.Processor, column.Instructions, column.Precision)).ToArray();
        string[] row(string name, Func<Results, string, string, string> cell) => [name, .. columns.Select(column => cell(column.Run, column.Instructions, column.Precision))];
        string[] times(string name, string step, bool plain, bool one) => row(name, (run, instructions, precision) => Time(run, m =>
            m.Section == "joint" && m.Name == step && m.Instructions == instructions && m.Precision == (plain ? "float32" : precision) && m.Threads == (one ? 1 : run.Environment.Threads)));
        string[] ratios(string name, string ratio, bool one) => row(name, (run, instructions, precision) => Ratio(run, f =>
            f.Section == "joint" && f.Name == ratio && f.Instructions == instructions && f.Precision == precision && f.Threads == (one ? 1 : run.Environment.Threads)));
        string[] ofThreads(string name, string begin) => row(name, (run, instructions, precision) =>
            all.FirstOrDefault(own => own.Environment.Processor == run.Environment.Processor && own.Environment.Instructions == instructions) is Results own && precision == "float32"
                ? Ratio(own, f => f.Section == "threads" && f.Name.StartsWith(begin, StringComparison.Ordinal))
                : "");
        Table(
            writer, row("joint step of the r-LSTM", (run, instructions, precision) => $"{Processor(run)}, {instructions}, {precision}"),
            times("straightforward, all cores: milliseconds", "straightforward", true, false), times("kit, all cores: milliseconds", "kit", false, false),
            ratios("straightforward / kit", "straightforward / kit", false), ratios("floor / kit", "floor / kit", false),
            times("straightforward, 1 core: milliseconds", "straightforward", true, true), times("kit, 1 core: milliseconds", "kit", false, true),
            ratios("straightforward / kit, 1 core", "straightforward / kit", true), ratios("floor / kit, 1 core", "floor / kit", true),
            ofThreads("1 core / all cores", "1 thread /"), ofThreads("beside a busy process / alone, all cores", "beside"));
    }

    private static void Others(IReadOnlyCollection<Results> all, TextWriter writer)
    {
        (string Title, string Name)[] steps =
        [
            ("p-LSTM", "p-LSTM"), ("r-LSTM, 20 anchors × 30 steps", "r-LSTM, 20 anchors × 30"), ("r-LSTM, squared error", "r-LSTM, squared error"),
            ("evaluation of 500 sequences", "evaluation"), ("pretraining", "pretraining"),
        ];
        string cell(Results run, string name) => string.Join(
            Dot, Time(run, m => m.Section == "variants" && m.Name == name), Ratio(run, f => f.Name == $"{name}: straightforward / kit"), Ratio(run, f => f.Name == $"{name}: floor / kit"));
        string lengths(Results run) => string.Join(Dot, run.Measurements.Where(m => m is { Section: "variants", Name: "r-LSTM" }).Select(m => Number(m.MillisecondsMedian)).DefaultIfEmpty(Missing));
        Table(
            writer, ["float32, all cores: milliseconds · straightforward / kit · floor / kit", .. all.Select(Title)],
            [.. steps.Select(step => (string[])[step.Title, .. all.Select(run => cell(run, step.Name))]), ["r-LSTM, T 1,024 · 4,096 · 16,384: milliseconds", .. all.Select(lengths)]]);
    }

    private static void Optimisations(IReadOnlyCollection<Results> all, TextWriter writer)
    {
        (string Title, string Name)[] optimisations =
        [
            ("the kit's LSTM kernel (without it libtorch's LSTM reads projected inputs)", "fused LSTM"),
            ("the input projection folded into its weights", "folded input"), ("it folded into the weights of libtorch's LSTM", "folded input of libtorch"),
            ("token losses block by block with their gradients", "fused heads"), ("the heap in large pages", "large pages"), ("bfloat16", "bfloat16"),
        ];
        Table(
            writer, ["one thing left out: without / with", .. all.Select(Title)],
            [.. optimisations.Select(one => (string[])[one.Title, .. all.Select(run => Ratio(run, f => f.Name == $"without / with {one.Name}"))])]);
    }

    private static string Processor(Results run) => run.Environment.Processor.Split(" (")[0];

    private static string Title(Results run) => $"{Processor(run)}, {run.Environment.Instructions}";

    private static string Time(Results run, Func<Measurement, bool> which) =>
        run.Measurements.FirstOrDefault(which) is Measurement measurement ? Number(measurement.MillisecondsMedian) : Missing;

    private static string Number(double milliseconds) => milliseconds.ToString("N0", CultureInfo.InvariantCulture);

    private static string Ratio(Results run, Func<Finding, bool> which) =>
        run.Findings.FirstOrDefault(which) is Finding finding ? finding.Value.ToString("0.00", CultureInfo.InvariantCulture) : Missing;

    private static void Table(TextWriter writer, string[] header, params string[][] rows)
    {
        foreach (string[] row in (string[][])[header, [.. header.Select(_ => "---")], .. rows])
        {
            writer.WriteLine($"| {string.Join(" | ", row)} |");
        }
    }
}
