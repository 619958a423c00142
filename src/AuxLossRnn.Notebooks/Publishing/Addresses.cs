using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>
/// Where a page's pictures and links lead: what the page shows comes into it, a link to a notebook that is published too leads
/// to its page, and what can be neither is named.
/// </summary>
/// <param name="notebookFolder">The notebook's folder.</param>
/// <param name="pageFolder">The page's.</param>
/// <param name="pages">The pages that are made, by their notebooks' full paths.</param>
internal sealed partial class Addresses(string notebookFolder, string pageFolder, IReadOnlyDictionary<string, string> pages)
{
    private const long MostBytes = 32 * 1024 * 1024;
    private const string Attachment = "attachment:";

    private static readonly Dictionary<string, string> MimeTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".apng"] = "image/apng",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".jfif"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".svg"] = "image/svg+xml",
        [".webp"] = "image/webp",
        [".avif"] = "image/avif",
        [".bmp"] = "image/bmp",
        [".ico"] = "image/x-icon",
        [".mp4"] = "video/mp4",
        [".m4v"] = "video/mp4",
        [".webm"] = "video/webm",
        [".ogv"] = "video/ogg",
        [".mov"] = "video/quicktime",
        [".mp3"] = "audio/mpeg",
        [".m4a"] = "audio/mp4",
        [".ogg"] = "audio/ogg",
        [".oga"] = "audio/ogg",
        [".wav"] = "audio/wav",
        [".flac"] = "audio/flac",
        [".vtt"] = "text/vtt",
        [".css"] = "text/css",
        [".js"] = "text/javascript",
        [".html"] = "text/html",
        [".htm"] = "text/html",
        [".pdf"] = "application/pdf",
    };

    /// <summary>Pictures kept in the cell that is made.</summary>
    public JsonObject? Attachments { get; set; }

    /// <summary>Told of what leads nowhere.</summary>
    public required Action<string> Warn { get; set; }

    /// <summary>The address in the page.</summary>
    /// <param name="address">As it is written.</param>
    /// <param name="shown">Whether the page shows what is there; else it leads there.</param>
    public string Of(string address, bool shown)
    {
        if (address.StartsWith(Attachment, StringComparison.OrdinalIgnoreCase))
        {
            return Attached(address);
        }

        if (address.Length == 0 || address[0] == '#' || (Scheme().Match(address) is { Success: true } scheme && !scheme.Value.Equals("file:", StringComparison.OrdinalIgnoreCase)))
        {
            return address;
        }

        int end = address.IndexOfAny(['#', '?']);
        string name = (end < 0 ? address : address[..end]).Replace('\\', '/');
        string rest = address.IndexOf('#', StringComparison.Ordinal) is var hash and >= 0 ? address[hash..] : "";
        if (name.StartsWith('/') || Drive().IsMatch(name) || name.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            Warn($"{address} leads to a place on one machine or server, where others find nothing: give its place beside the notebook.");
            return address;
        }

        string file = Path.GetFullPath(Path.Combine(notebookFolder, Uri.UnescapeDataString(name)));
        file = File.Exists(file) || !File.Exists(Path.Combine(notebookFolder, name)) ? file : Path.GetFullPath(Path.Combine(notebookFolder, name));
        if (pages.TryGetValue(file, out string? page))
        {
            return Uri.EscapeDataString(page) + rest;
        }

        return shown ? Embedded(address, file, rest) : Linked(address, file, rest);
    }

    /// <summary>HTML with its addresses as they are in the page.</summary>
    /// <param name="html">The HTML, whole or in parts.</param>
    /// <param name="text">The HTML in place of a text; null to leave texts alone.</param>
    public string In(string html, Func<string, string>? text = null) => HtmlTags.Change(html, (tag, name, value) => (tag, name) switch
    {
        ("a" or "area", "href") => Of(value.Trim(), shown: false),
        ("img" or "source", "srcset") => Candidate().Replace(value, match => Of(match.Groups[1].Value, shown: true) + match.Groups[2].Value),
        ("img" or "source" or "video" or "audio" or "track" or "embed" or "iframe" or "input" or "script", "src") or ("video", "poster")
            or ("object", "data") or ("link", "href") or ("image", "href" or "xlink:href") => Of(value.Trim(), shown: true),
        (_, "style") => CssUrl().Replace(value, match => $"url({match.Groups[1].Value}{Of(match.Groups[2].Value, shown: true)}{match.Groups[1].Value})"),
        _ => value,
    }, text);

    private string Attached(string address)
    {
        string name = Uri.UnescapeDataString(address[Attachment.Length..]);
        if ((Attachments?[name] as JsonObject)?.FirstOrDefault() is { Value: JsonValue value } format && value.TryGetValue(out string? base64))
        {
            return $"data:{format.Key};base64,{base64}";
        }

        Warn($"the cell has no attachment '{name}': put the picture in again.");
        return address;
    }

    private string Embedded(string address, string file, string rest)
    {
        string? problem;
        try
        {
            var info = new FileInfo(file);
            problem = !info.Exists ? $"there is no file {file}"
                : !MimeTypes.TryGetValue(info.Extension, out string? mime) ? $"{info.Extension} is no kind of file that pages show"
                : info.Length > MostBytes ? string.Create(CultureInfo.InvariantCulture, $"its {info.Length >> 20} MiB are more than the {MostBytes >> 20} that come into a page")
                : null;
            if (problem is null)
            {
                return $"data:{MimeTypes[info.Extension]};base64,{Convert.ToBase64String(File.ReadAllBytes(file))}{rest}";
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = failure.Message.TrimEnd('.');
        }

        Warn($"{address} is not shown: {problem}.");
        return Exists(file) ? FromPage(file, address) + rest : address;
    }

    private string Linked(string address, string file, string rest)
    {
        if (!Exists(file))
        {
            Warn($"the link {address} leads nowhere: there is no file {file}.");
            return address;
        }

        Warn($"the link {address} leads to a file that is no part of the pages{(file.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase) ? ", unless that notebook is published with them" : "")}: it works on this machine alone.");
        return FromPage(file, address) + rest;
    }

    private static bool Exists(string file) => File.Exists(file) || Directory.Exists(file);

    private string FromPage(string file, string address)
    {
        string path = Path.GetRelativePath(pageFolder, file);
        return Path.IsPathRooted(path) ? address : string.Join('/', path.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
    }

    [GeneratedRegex("^(?:[A-Za-z][A-Za-z0-9+.-]+:|//)")]
    private static partial Regex Scheme();

    [GeneratedRegex("""url\(\s*(["']?)([^"')\s]+)\1\s*\)""")]
    private static partial Regex CssUrl();

    [GeneratedRegex("^[A-Za-z]:")]
    private static partial Regex Drive();

    [GeneratedRegex(@"([^\s,]\S*[^\s,])((?:\s+[^\s,]+)?\s*(?:,|$))")]
    private static partial Regex Candidate();
}
