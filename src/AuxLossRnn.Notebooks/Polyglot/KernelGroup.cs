extern alias kernels;

using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis.CSharp;
using kernels::Microsoft.DotNet.Interactive;
using kernels::Microsoft.DotNet.Interactive.Commands;
using kernels::Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>The kernels beside C#, those of .NET Interactive where it has them, and the values that pass between them.</summary>
/// <remarks>
/// Nothing of the package is loaded before a cell first needs it. Its directives are read here: its own reader takes the console,
/// and passes over a value that is not there.
/// </remarks>
internal sealed class KernelGroup : IDisposable
{
    private readonly CompositeKernel _kernels = new("kernels") { DefaultKernelName = CellLanguages.CSharp };
    private readonly KeyValueStoreKernel _values = new(CellLanguages.Value, null);

    /// <summary>Makes the kernels.</summary>
    /// <param name="session">Runs the C#.</param>
    public KernelGroup(CSharpSession session)
    {
        _kernels.Add(new SessionKernel(session), SessionKernel.Aliases);
        _kernels.Add(new PageKernel(), ["js", CellLanguages.Html]);
        _kernels.Add(_values, null);
    }

    /// <summary>The texts that the kernel <c>value</c> holds, by name.</summary>
    public IEnumerable<KeyValuePair<string, FormattedValue>> Values => _values.Values;

    /// <summary>Runs a directive.</summary>
    /// <param name="cell">The cell that it is of; it shows what there is to show.</param>
    /// <param name="text">Its line, and for <c>#!value</c> the text below.</param>
    /// <param name="kernel">The kernel of the cell, which gets the value.</param>
    /// <exception cref="UserException">The value cannot be had, or cannot be taken.</exception>
    public void Run(CellContext cell, string text, string kernel)
    {
        string[] lines = text.Split('\n', 2);
        var directive = new KernelDirective(lines[0]);
        Send(cell, directive.Name switch
        {
            "#!share" => Share(cell, directive, kernel),
            "#!set" => Set(cell, directive, kernel),
            _ => Store(cell, directive, lines[1]),
        });
    }

    public void Dispose() => _kernels.Dispose();

    private SendValue Share(CellContext cell, KernelDirective share, string kernel)
    {
        string name = share.Argument ?? throw new UserException($"What is to be shared? {share.Usage}");
        string known = Known(share["--as"] ?? name, kernel);
        ValueProduced value = Request(cell, share.Required("--from"), name, share["--mime-type"], kernel);
        return new SendValue(known, share["--mime-type"] is null ? value.Value : null, value.FormattedValue, kernel);
    }

    private SendValue Set(CellContext cell, KernelDirective set, string kernel)
    {
        string name = Known(set.Required("--name"), kernel);
        string text = set.Required("--value");
        if (text.StartsWith('@') && !set.Quoted)
        {
            string[] place = text[1..].Split(':', 2);
            string from = place.Length == 2 ? place[0] : CellLanguages.CSharp;
            if (from is "input" or "password")
            {
                throw new UserException($"{text} would ask for a value while the cell runs, and nobody is asked here. Write the value into the cell.");
            }

            ValueProduced value = Request(cell, from, place[^1], set["--mime-type"], kernel);
            bool same = set["--byref"] is not null || (set["--mime-type"] is null && Type.GetTypeCode(value.Value?.GetType()) is not (TypeCode.Object or TypeCode.Empty)); // a number or a text is as good as its copy
            return new SendValue(name, same ? value.Value : null, value.FormattedValue, kernel);
        }

        // As .NET Interactive takes it: a number is a text, too.
        bool json = !set.Quoted && (text.StartsWith('{') || text.StartsWith('['));
        return new SendValue(name, null, new FormattedValue(set["--mime-type"] ?? (json ? JsonFormatter.MimeType : PlainTextFormatter.MimeType), text), kernel);
    }

    private static SendValue Store(CellContext cell, KernelDirective value, string below)
    {
        string name = Known(value.Required("--name"), CellLanguages.Value);
        string?[] given = [value["--from-value"], value["--from-file"], value["--from-url"], string.IsNullOrWhiteSpace(below) ? null : below];
        if (given.Count(one => one is not null) != 1)
        {
            throw new UserException($"The value {name} is to have one text. {value.Usage}");
        }

        string text = value["--from-file"] is string file ? Read(file) : value["--from-url"] is string address ? Fetch(address, cell.Cancellation) : given.OfType<string>().First();
        return new SendValue(name, null, new FormattedValue(value["--mime-type"] ?? PlainTextFormatter.MimeType, text), CellLanguages.Value);
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(UserPath.Expand(file));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{file} cannot be read: {problem.Message}", problem);
        }
    }

    private static string Fetch(string address, CancellationToken cancellation)
    {
        using var client = new HttpClient();
        try
        {
            return client.GetStringAsync(address, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception problem) when (problem is HttpRequestException or InvalidOperationException or UriFormatException)
        {
            throw new UserException($"{address} cannot be read: {problem.Message}", problem);
        }
    }

    private static string Known(string name, string kernel) =>
        kernel == CellLanguages.Value ? (name.Length > 0 ? name : throw new UserException("A value is to have a name that is not empty."))
        : SyntaxFacts.IsValidIdentifier(name.Replace('$', '_')) ? name
        : throw new UserException($"\"{name}\" is no name of a variable in {CellLanguages.Title(kernel)}. Take another, of letters, digits and _, that does not begin with a digit.");

    private ValueProduced Request(CellContext cell, string kernel, string name, string? mimeType, string target)
    {
        Kernel from = _kernels.FindKernelByName(kernel) ?? throw new UserException(
            $"There is no kernel {kernel} to have {name} from{(CellLanguages.Unavailable(kernel) is string elsewhere ? $": that is {elsewhere}" : $"; there are {CellLanguages.CSharp} and {CellLanguages.Value}")}.");
        if (from is PageKernel)
        {
            throw new UserException($"{name} cannot be had from JavaScript: the page runs it, and the page may be read without a kernel. Compute {name} in C#, and share it with JavaScript.");
        }

        string usual = from is SessionKernel && target is CellLanguages.JavaScript or CellLanguages.Html ? SharedJson.Script : JsonFormatter.MimeType;
        var request = new RequestValue(name, mimeType ?? usual, from.Name);
        // A variable of C# may run code when it is written, which may print, and be stopped: the package would take the console meanwhile.
        return from is SessionKernel csharp ? csharp.Value(request) : Send(cell, request).OfType<ValueProduced>().Single();
    }

    private IReadOnlyList<KernelEvent> Send(CellContext cell, KernelCommand command)
    {
        KernelCommandResult result = _kernels.SendAsync(command, cell.Cancellation).GetAwaiter().GetResult();
        cell.Cancellation.ThrowIfCancellationRequested();
        if (result.Events.OfType<CommandFailed>().FirstOrDefault() is CommandFailed failed)
        {
            // The package's own message is a whole trace.
            string reason = failed.Exception?.Message ?? failed.Message.Split('\n', 2)[0].TrimEnd();
            throw new UserException(failed.Exception is UserException ? reason : $"{reason} Look at the text that is to be the value: it may not be what its type says.", failed.Exception);
        }

        foreach (DisplayedValueProduced shown in result.Events.OfType<DisplayedValueProduced>())
        {
            Dictionary<string, string> formats = shown.FormattedValues.ToDictionary(value => value.MimeType, value => value.Value);
            formats.TryAdd(ValueFormats.Plain, formats.Values.First());
            cell.Output.Display(new MimeBundle(formats), null);
        }

        return result.Events;
    }
}
