using System.Buffers.Text;
using System.Formats.Tar;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>DBpedia's ontology classification, 14 classes: titles and abstracts of Wikipedia's articles, read by characters.</summary>
/// <remarks>The distributor's files hold 560,000 rows to train, sorted by class, and 70,000 to test.</remarks>
public static class Dbpedia
{
    /// <summary>The name on the command line, and of the folder below the data root.</summary>
    public const string Name = DatasetNames.Dbpedia;

    private const string Archive = "dbpedia/dbpedia_csv.tar.gz";
    private const string ArchiveAsNamedThere = "dbpedia/dbpedia_csv.tgz"; // at the manifest's address, for who downloads it by hand
    private const int Columns = 3;

    /// <summary>The classes, in the order of their labels 0 … 13.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
    [
        "Company", "EducationalInstitution", "Artist", "Athlete", "OfficeHolder", "MeanOfTransportation", "Building",
        "NaturalPlace", "Village", "Animal", "Plant", "Album", "Film", "WrittenWork",
    ];

    /// <summary>Reads the training texts.</summary>
    /// <param name="root">Where the folder <c>dbpedia</c> lies.</param>
    /// <param name="options">How a text becomes a sequence.</param>
    /// <exception cref="UserException">The files are missing or malformed.</exception>
    public static TextSequences Train(DataRoot root, TextOptions options) => Read(root, "train", options);

    /// <summary>Reads the test texts.</summary>
    /// <param name="root">Where the folder <c>dbpedia</c> lies.</param>
    /// <param name="options">How a text becomes a sequence.</param>
    /// <exception cref="UserException">The files are missing or malformed.</exception>
    public static TextSequences Test(DataRoot root, TextOptions options) => Read(root, "test", options);

    private static TextSequences Read(DataRoot root, string split, TextOptions options)
    {
        // The archive comes first: it is the one that the fetch command has verified.
        string fetched = root.PathOf(Archive), asNamedThere = root.PathOf(ArchiveAsNamedThere), plain = root.PathOf($"dbpedia/{split}.csv"), gzipped = plain + ".gz";
        string archive = !File.Exists(fetched) && File.Exists(asNamedThere) ? asNamedThere : fetched;
        string path = File.Exists(archive) ? archive : File.Exists(gzipped) ? gzipped : plain;
        if (!File.Exists(path))
        {
            throw new UserException(
                $"DBpedia is incomplete: there is neither '{archive}' (nor {Path.GetFileName(asNamedThere)}) nor '{plain}', gzipped or not. "
                + "Fetch it with `auxloss data fetch dbpedia`, or name the folder that has dbpedia/ in it with ‹DataRoot› or the environment "
                + $"variable {DataRoot.EnvironmentVariable}. `‹Dataset=stroke-digits›` needs no file.");
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            if (path == archive)
            {
                return FromArchive(stream, path, split, options);
            }

            using Stream text = path == gzipped ? new Gzip(stream) : stream;
            return Rows(text, path, options);
        }
        catch (Exception e) when (TarDamage.IsIn(e))
        {
            throw new UserException(
                $"The file '{path}' is cut off or damaged: expected whole gzip data with its checksum. Delete it and place a good one there, "
                + "or fetch it anew with `auxloss data fetch dbpedia`.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The file '{path}' cannot be read: {e.Message} If it is damaged, delete it and fetch it anew.", e);
        }
    }

    private static TextSequences FromArchive(FileStream stream, string path, string split, TextOptions options)
    {
        string wanted = $"dbpedia_csv/{split}.csv";
        using var gzip = new Gzip(stream);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is TarEntry entry)
        {
            if (entry.Name == wanted || entry.Name == "./" + wanted)
            {
                TextSequences texts = Rows(entry.DataStream ?? Stream.Null, $"{path}, {wanted}", options);
                gzip.CopyTo(Stream.Null); // damage shows at the archive's end
                return texts;
            }
        }

        throw new UserException($"The archive '{path}' has no file {wanted} in it. Delete it and fetch it anew with `auxloss data fetch dbpedia`.");
    }

    private static TextSequences Rows(Stream content, string file, TextOptions options)
    {
        using var reader = new CsvReader(content, file);
        var builder = new TextSequences.Builder(options);
        bool any = false;
        int? blank = null;
        while (reader.ReadRow())
        {
            if (reader.IsBlank)
            {
                blank ??= reader.Line; // no harm at the end, where editors leave one
                continue;
            }

            if (blank is int line)
            {
                throw reader.Malformed(line, "three columns: the class, the title and the abstract", "a blank line before other rows");
            }

            if (reader.Columns != Columns)
            {
                throw reader.Malformed(reader.Line, "three columns: the class, the title and the abstract", $"{reader.Columns}");
            }

            builder.Add(reader[1], reader[2], Label(reader));
            any = true;
        }

        return any ? builder.Build(ClassNames.Count)
            : throw new UserException($"The file '{file}' is empty: expected a class, a title and an abstract in each line.");
    }

    private static int Label(CsvReader reader)
    {
        ReadOnlySpan<byte> text = reader[0];
        return Utf8Parser.TryParse(text, out int label, out int used) && used == text.Length && label >= 1 && label <= ClassNames.Count
            ? label - 1
            : throw reader.Malformed(
                reader.Line, $"a class of 1 to {ClassNames.Count} in the first column",
                $"'{System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)])}'");
    }
}
