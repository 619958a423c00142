using System.Text;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Data;

/// <summary>Well-known formats that the kit does not read, known by how a file begins, and the way from each to one that it reads.</summary>
internal static partial class ForeignFormat
{
    private const int StartBytes = 1 << 12;
    private const string Unpack = "Unpack it and give what comes out.";
    private const string ToTable = "write the table with to_csv('x.csv', index=False).";

    private static readonly (byte[] Start, string What, string Cure)[] Signatures =
    [
        ([0x1f, 0x8b], "compressed with gzip", Unpack),
        ([.. "BZh"u8], "compressed with bzip2", Unpack),
        ([0xfd, .. "7zXZ"u8], "compressed with xz", Unpack),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd", Unpack),
        ([0xd0, 0xcf, 0x11, 0xe0], "an Excel workbook", "Save the sheet as CSV."),
        ([0x93, .. "NUMPY"u8], "a NumPy array", "Read it with FromNpy."),
        ([0x89, .. "HDF"u8], "an HDF5 file", "In Python, save each array alone: np.save('x.npy', h5py.File(path)['x'][:])."),
        ([.. "MATLAB 5.0"u8], "a MATLAB file", "In Python, save each array alone: np.save('x.npy', scipy.io.loadmat(path)['x'])."),
        ([.. "PAR1"u8], "a Parquet file", $"In Python, read it with pandas.read_parquet(path) and {ToTable}"),
        ([.. "ARROW1"u8], "a Feather file", $"In Python, read it with pandas.read_feather(path) and {ToTable}"),
        ([0x80, 2], "a pickle of Python's", "In Python, load it and save each array alone with np.save."),
        ([0x80, 3], "a pickle of Python's", "In Python, load it and save each array alone with np.save."),
        ([0x80, 4], "a pickle of Python's", "In Python, load it and save each array alone with np.save."),
        ([0x80, 5], "a pickle of Python's", "In Python, load it and save each array alone with np.save."),
        ([.. "RIFF"u8], "a sound or a film", "In Python, save the samples: np.save('x.npy', scipy.io.wavfile.read(path)[1])."),
        ([0x89, .. "PNG"u8], "an image", "Read folders of images with FromImages."),
        ([0xff, 0xd8, 0xff], "an image", "Read folders of images with FromImages."),
        ([.. "%PDF"u8], "a PDF document", "Give the table itself."),
    ];

    /// <summary>What a file is and what to do; null where it is none of these. The stream is at its beginning again.</summary>
    /// <param name="path">The file, for the message and its ending.</param>
    /// <param name="content">What it holds.</param>
    public static string? Describe(string path, Stream content)
    {
        content.Position = 0;
        byte[] start = new byte[StartBytes];
        int count = content.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false);
        content.Position = 0;
        (string What, string Cure)? found = Find(Path.GetExtension(path).ToLowerInvariant(), start.AsSpan(0, count));
        return found is { } format ? $"'{path}' is {format.What}, which is not read here. {format.Cure}" : null;
    }

    private static (string What, string Cure)? Find(string ending, ReadOnlySpan<byte> start)
    {
        foreach ((byte[] signature, string what, string cure) in Signatures)
        {
            if (start.StartsWith(signature))
            {
                return (what, cure);
            }
        }

        return start.StartsWith("PK\u0003\u0004"u8)
            ? start.IndexOf(".npy"u8) >= 0 ? ("an archive of NumPy arrays", "In Python, save each alone: np.save('x.npy', np.load(path)['x']).")
                : start.IndexOf("[Content_Types].xml"u8) >= 0 || start.IndexOf("xl/"u8) >= 0 ? ("an Excel workbook", "Save the sheet as CSV.")
                : ("a zip archive", Unpack)
            : OfText(ending, Encoding.Latin1.GetString(start));
    }

    private static (string What, string Cure)? OfText(string ending, string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string first = lines.FirstOrDefault(line => line[0] is not ('#' or '%')) ?? "";

        // Their comments may be longer than what was read: then the name decides.
        bool isCommented = lines.Length > 0 && lines[0][0] is '#' or '%' or '@';
        return Keyword().IsMatch(first) || (isCommented && ending is ".ts" or ".tsf" or ".arff")
            ? first.StartsWith("@relation", StringComparison.OrdinalIgnoreCase) && ending is not (".ts" or ".tsf") || ending == ".arff"
                ? ("an ARFF file", Aeon("load_from_arff_file"))
                : ending == ".tsf" ? ("a .tsf file of series to forecast", "It holds no classes of sequences. Make a table with a row a step of it, for FromLongCsv.")
                : ("a .ts file, as sktime and aeon write them", Aeon("load_from_ts_file"))
            : Json().IsMatch(text) ? ("JSON", $"In Python, read it with pandas.read_json(path) and {ToTable}")
            : Html().IsMatch(text) ? ("a web page", "Download the file that the page leads to.")
            : null;
    }

    private static string Aeon(string loader) =>
        $"In Python: X, y = aeon.datasets.{loader}(path); np.save('x.npy', X); np.save('y.npy', y). Then read FromNpy(\"x.npy\", \"y.npy\", channelsFirst: true); "
        + "where X is a list, its sequences differ in length: fill them up with NaN at their ends before, and say lengthsDiffer: true.";

    [GeneratedRegex(@"^@(problemname|relation|attribute|data|timestamps|missing|univariate|dimensions?|equallength|serieslength|classlabel|targetlabel|frequency|horizon)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Keyword();

    [GeneratedRegex(@"^\s*(\{\s*""|\[\s*[\[{])")]
    private static partial Regex Json();

    [GeneratedRegex(@"^\s*<(!doctype html|html|\?xml)", RegexOptions.IgnoreCase)]
    private static partial Regex Html();
}
