using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace AuxLossRnn.Cli.Tests;

/// <summary>The C# of the README and of the other pages runs as it stands there, the blocks of a page one after the other.</summary>
[Trait("Category", "Slow")]
public sealed class ReadmeTests
{
    private const int Steps = 41;
    private const string Predicted = "(a|b), (a|b), (a|b); test accuracy [01][.][0-9][0-9]";

    private static readonly Dictionary<string, string[]> Expected = new()
    {
        ["README.md"] = [Predicted],
        ["docs/own-data.md"] =
        [
            Predicted, "an archive of NumPy arrays: sequences from 'X', labels from 'y': 3 sequences, at most 41 steps, 3 channels", "missing values carried forward and marked in one more channel",
            "auxloss-figure",
        ],
        ["docs/extending.md"] =
        [
            "step 51: reconstruction [0-9.]+, ink [0-9.]+", "(?s)\"test accuracy ([0-9.]+).*\"loaded: test accuracy \\1", "first step: test accuracy 1.00",
            "auxloss-figure",
        ],
    };

    public static TheoryData<string> Pages => [.. DocsPage.All.Where(page => Code(page).Length > 0).Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_examples_of_a_page_run(string name)
    {
        using var folder = new TemporaryFolder();
        WriteData(folder.Path);
        string references = string.Concat(new[] { "AuxLossRnn", "AuxLossRnn.Data", "AuxLossRnn.Experiments", "TorchSharp" }
            .Select(library => $"#r \"{Checkout.Library.Replace('\\', '/')}/{library}.dll\"\n"));
        File.WriteAllText(folder["page.ipynb"], JsonSerializer.Serialize(new
        {
            cells = Code(DocsPage.All.First(page => page.Name == name)).Select((code, cell) => new
            {
                cell_type = "code",
                execution_count = (int?)null,
                id = $"example{cell}",
                metadata = new { },
                outputs = Array.Empty<object>(),
                source = cell == 0 ? references + code : code,
            }),
            metadata = new { },
            nbformat = 4,
            nbformat_minor = 5,
        }));

        AuxLoss.RunIn(folder.Path, "notebook", "run", "page.ipynb").ShouldExitWith(0);

        string notebook = File.ReadAllText(folder["page.ipynb"]);
        Assert.All(Expected[name], pattern => Assert.Matches(pattern, notebook));
    }

    private static void WriteForeign(string folder, Func<int, int, double> value)
    {
        foreach (string part in new[] { "TRAIN", "TEST" })
        {
            File.WriteAllText(Path.Combine(folder, $"Vowels_{part}.ts"), "@equalLength false\n@classLabel true a b\n@data\n1,2,3:a\n4,5:b\n2,3:a\n5,6,7:b\n");
        }

        File.WriteAllText(Path.Combine(folder, "holes.csv"), "label,v0,v1\na,1,\nb,,2\na,3,4\nb,5,NA\n");
        using var archive = new ZipArchive(File.Create(Path.Combine(folder, "gait.npz")), ZipArchiveMode.Create);
        Write("X.npy", Encoding.ASCII.GetBytes($"{{'descr': '<f8', 'fortran_order': False, 'shape': (3, 3, {Steps}), }}\n"), [.. Enumerable.Range(0, 3 * Steps * 3).SelectMany(at => BitConverter.GetBytes(value(0, at)))]);
        Write("y.npy", Encoding.ASCII.GetBytes("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }\n"), [.. new long[] { 0, 1, 0 }.SelectMany(BitConverter.GetBytes)]);

        void Write(string name, byte[] head, byte[] items)
        {
            using Stream entry = archive.CreateEntry(name).Open();
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)head.Length, 0, .. head, .. items]);
        }
    }

    private static string[] Code(DocsPage page) => [.. page.Blocks.Where(block => block.Language == "csharp").Select(block => block.Code)];

    /// <summary>
    /// 60 recordings of 41 steps and 3 channels in a table, 3 in a NumPy array and in an archive of them with labels, a train and a test file, a table with
    /// gaps, and the kit's measured results.
    /// </summary>
    private static void WriteData(string folder)
    {
        static double value(int i, int at) => Math.Sin(0.1 * at * (1 + i % 2) + i);
        IEnumerable<int> places = Enumerable.Range(0, 3 * Steps);
        File.WriteAllLines(
            Path.Combine(folder, "recordings.csv"),
            Enumerable.Range(0, 60)
                .Select(i => $"{(i % 2 == 0 ? "a" : "b")},{string.Join(",", places.Select(at => value(i, at).ToString(CultureInfo.InvariantCulture)))}")
                .Prepend($"label,{string.Join(",", places.Select(at => $"v{at}"))}"));
        using var file = new BinaryWriter(File.Create(Path.Combine(folder, "new.npy")));
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '<f8', 'fortran_order': False, 'shape': (3, {Steps}, 3), }}\n");
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header]);
        foreach (int i in Enumerable.Range(0, 3))
        {
            foreach (int at in places)
            {
                file.Write(value(i, at));
            }
        }

        WriteForeign(folder, value);
        string results = Directory.CreateDirectory(Path.Combine(folder, "data", "results")).FullName;
        foreach (string path in Directory.GetFiles(Path.Combine(Checkout.Folder, "data", "results")))
        {
            File.Copy(path, Path.Combine(results, Path.GetFileName(path)));
        }
    }
}
