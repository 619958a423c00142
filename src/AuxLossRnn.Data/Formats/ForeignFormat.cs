using System.Text;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Data;

/// <summary>Formats known by how a file begins: what <see cref="OwnSequences.Open"/> reads, and the way from others to something that is read.</summary>
internal static partial class ForeignFormat
{
    /// <summary>What is said of an array.</summary>
    public const string Npy = "a NumPy array";

    /// <summary>What is said of arrays in an archive.</summary>
    public const string Npz = "an archive of NumPy arrays";

    /// <summary>What is said of a file with the archives' tags.</summary>
    public const string Ts = "a .ts file of the UCR and UEA archives";

    /// <summary>What is said of a file with attributes.</summary>
    public const string Arff = "an ARFF file";

    private const string Reads = "OwnSequences.Open reads it.";
    private const int StartBytes = 1 << 12;
    private const string Unpack = "Unpack it and give what comes out.";
    private const string ToTable = "write the table with to_csv('x.csv', index=False).";

    private static readonly (byte[] Start, string What, string Cure)[] Signatures =
    [
        ([0xff, 0xfe], "text in UTF-16, as its line 1 tells from column 1 on", "Save it as UTF-8."),
        ([0xfe, 0xff], "text in UTF-16, as its line 1 tells from column 1 on", "Save it as UTF-8."),
        ([0x1f, 0x8b], "compressed with gzip", Unpack),
        ([.. "BZh"u8], "compressed with bzip2", Unpack),
        ([0xfd, .. "7zXZ"u8], "compressed with xz", Unpack),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd", Unpack),
        ([0xd0, 0xcf, 0x11, 0xe0], "an Excel workbook", "Save the sheet as CSV."),
        ([0x93, .. "NUMPY"u8], Npy, "Read it with FromNpy."),
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
    public static string? Describe(string path, Stream content) =>
        Find(path, content) is { } format ? $"'{path}' is {format.What}, which is not read here. {format.Cure}" : null;

    /// <summary>What a file is, of the formats above; null where it is none of these. The stream is at its beginning again.</summary>
    /// <param name="path">The file, for its ending.</param>
    /// <param name="content">What it holds.</param>
    public static string? Name(string path, Stream content) => Find(path, content)?.What;

    private static (string What, string Cure)? Find(string path, Stream content)
    {
        content.Position = 0;
        byte[] start = new byte[StartBytes];
        int count = content.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false);
        content.Position = 0;
        int mark = start.AsSpan(0, count).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        return Find(Path.GetExtension(path).ToLowerInvariant(), start.AsSpan(mark, count - mark));
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
            ? start.IndexOf(".npy"u8) >= 0 ? (Npz, Reads)
                : start.IndexOf("[Content_Types].xml"u8) >= 0 || start.IndexOf("xl/"u8) >= 0 ? ("an Excel workbook", "Save the sheet as CSV.")
                : ("a zip archive", Unpack)
            : OfText(ending, Encoding.Latin1.GetString(start));
    }

    private static (string What, string Cure)? OfText(string ending, string text)
    {
        string[] lines = text.Split(['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string first = lines.FirstOrDefault(line => line[0] is not ('#' or '%')) ?? "";

        // Their comments may be longer than what was read: then the name decides.
        bool isCommented = lines.Length > 0 && lines[0][0] is '#' or '%' or '@';
        return Keyword().IsMatch(first) || (isCommented && ending is ".ts" or ".tsf" or ".arff")
            ? first.StartsWith("@relation", StringComparison.OrdinalIgnoreCase) && ending is not (".ts" or ".tsf") || ending == ".arff"
                ? (Arff, Reads)
                : ending == ".tsf" ? ("a .tsf file of series to forecast", "It holds no classes of sequences. Make a table with a row a step of it, for FromLongCsv.")
                : (Ts, Reads)
            : Json().IsMatch(text) ? ("JSON", $"In Python, read it with pandas.read_json(path) and {ToTable}")
            : Html().IsMatch(text) ? ("a web page", "Download the file that the page leads to.")
            : null;
    }

    [GeneratedRegex(@"^@(problemname|relation|attribute|data|timestamps|missing|univariate|dimensions?|equallength|serieslength|classlabel|targetlabel|frequency|horizon)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Keyword();

    [GeneratedRegex(@"^\s*(\{\s*""|\[\s*[\[{])")]
    private static partial Regex Json();

    [GeneratedRegex(@"^\s*<(!doctype html|html|\?xml)", RegexOptions.IgnoreCase)]
    private static partial Regex Html();
}
