using System.Globalization;
using System.Reflection;
using nietras.SeparatedValues;

namespace AuxLossRnn.Experiments;

/// <summary>The paper's numbers, from <c>data/paper</c>.</summary>
public static class PublishedResults
{
    /// <summary>Every published test accuracy: Tables 2 and 3, Figures 3 and 4.</summary>
    public static IReadOnlyList<PublishedResult> All { get; } =
        [.. Rows("accuracies.csv").Skip(1).Select(row => new PublishedResult(row[0], Number(row[1])!.Value, Number(row[2]), row[3][0], row[4]))];

    /// <summary>Figure 5's curves on CIFAR10, digitised (error about 0.4): accuracies (%) by thousands of steps.</summary>
    /// <remarks>The columns are <c>thousand_steps</c>, <c>train_lstm</c>, <c>train_r_lstm</c>, <c>test_lstm</c>, <c>test_p_lstm</c>, <c>test_r_lstm</c>.</remarks>
    public static IReadOnlyDictionary<string, IReadOnlyList<double?>> Figure5 { get; } = Columns("figure5.csv");

    /// <summary>Figure 3's seconds a batch of 128 on StanfordDogs, digitised (error about 0.1), on a machine that is not named.</summary>
    /// <remarks>The columns are <c>length</c>, <c>r_lstm</c>, <c>p_lstm</c>, <c>r_lstm_20x30</c>, <c>lstm</c>; null where no point is drawn.</remarks>
    public static IReadOnlyDictionary<string, IReadOnlyList<double?>> Figure3Seconds { get; } = Columns("figure3-seconds.csv");

    /// <summary>The published number of a preset; null if there is none.</summary>
    /// <param name="preset">The preset's name.</param>
    public static PublishedResult? Find(string preset) => All.FirstOrDefault(result => result.Preset == preset);

    private static Dictionary<string, IReadOnlyList<double?>> Columns(string resource)
    {
        string[][] rows = Rows(resource);
        return rows[0].Select((name, column) => (name, column))
            .ToDictionary(one => one.name, one => (IReadOnlyList<double?>)[.. rows.Skip(1).Select(row => Number(row[one.column]))]);
    }

    /// <summary>The rows of a table, its header first, without the remarks above it.</summary>
    private static string[][] Rows(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not embedded in the library");
        using SepReader rows = Sep.New(',').Reader(options => options with { HasHeader = false, DisableColCountCheck = true }).From(stream);
        return [.. rows.Enumerate(row => row[..].ToStringsArray()).Where(cells => !cells[0].StartsWith('#'))];
    }

    private static double? Number(string text) => text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);
}
