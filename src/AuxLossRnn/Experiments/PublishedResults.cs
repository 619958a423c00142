using System.Globalization;
using System.Reflection;

namespace AuxLossRnn.Experiments;

/// <summary>The paper's numbers, from <c>data/paper</c>.</summary>
public static class PublishedResults
{
    private const int Datasets = 3;

    /// <summary>Table 2: test accuracy on MNIST, pMNIST and CIFAR10.</summary>
    public static IReadOnlyList<PublishedResult> Table2 { get; } = ReadTable2();

    /// <summary>The published number of a preset; null if there is none.</summary>
    /// <param name="preset">The preset's name.</param>
    public static PublishedResult? Find(string preset) => Table2.FirstOrDefault(result => result.Preset == preset);

    private static List<PublishedResult> ReadTable2()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("table2.csv")
            ?? throw new InvalidOperationException("table2.csv is not embedded in the library");
        using var reader = new StreamReader(stream);
        string[][] rows = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#').Select(line => line.TrimEnd('\r').Split(','))];
        var results = new List<PublishedResult>();
        foreach (string[] row in rows[1..])
        {
            for (int column = 1; column <= Datasets; column++)
            {
                if (row[column].Length > 0)
                {
                    double accuracy = double.Parse(row[column], CultureInfo.InvariantCulture);
                    results.Add(new PublishedResult($"table2/{rows[0][column]}/{row[0]}", accuracy, row[4][0], row[5]));
                }
            }
        }

        return results;
    }
}
