extern alias kernels;

using System.Text.Json;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;
using kernels::Microsoft.DotNet.Interactive;
using kernels::Microsoft.DotNet.Interactive.Commands;
using kernels::Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>JavaScript, which the page runs: what is shared with it is shown as a script that sets the page's variable.</summary>
internal sealed class PageKernel : Kernel, IKernelCommandHandler<SubmitCode>, IKernelCommandHandler<SendValue>
{
    // A page has these from the start: to set one would do something else, or nothing.
    private static readonly HashSet<string> Taken =
    [
        "closed", "crypto", "document", "event", "external", "frames", "globalThis", "history", "length", "localStorage", "location", "name", "navigator", "opener", "origin", "parent",
        "performance", "screen", "self", "sessionStorage", "status", "top", "undefined", "window", "NaN", "Infinity",
    ];

    public PageKernel()
        : base(CellLanguages.JavaScript)
    {
        KernelInfo.LanguageName = "JavaScript";
    }

    Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        Show(ValueFormats.Script(command.Code), command, context);
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<SendValue>.HandleAsync(SendValue command, KernelInvocationContext context)
    {
        if (Taken.Contains(command.Name))
        {
            throw new UserException($"A page has a {command.Name} of its own, which JavaScript cannot take for a value: share it with --as and another name.");
        }

        string json = command switch
        {
            { FormattedValue: { MimeType: JsonFormatter.MimeType } formatted } => SharedJson.Checked(command.Name, formatted.Value),
            { Value: not null } => SharedJson.Of(command.Name, command.Value),
            _ => SharedJson.Of(command.Name, command.FormattedValue?.Value),
        };
        // A variable that a cell has declared with let hides the page's of that name: it is set as well. One declared with const stays, and the page's console says so.
        string name = JsonSerializer.Serialize(command.Name);
        MimeBundle script = ValueFormats.Script(
            $"globalThis[{name}] = {json.Replace("<", "\\u003c", StringComparison.Ordinal)};\ntry {{ new Function({name} + \" = globalThis[arguments[0]]\")({name}); }} catch (problem) {{ console.warn({name}, problem); }}");
        Show(new MimeBundle(new Dictionary<string, string>(script.Formats) { [ValueFormats.Plain] = $"{command.Name} is shared with JavaScript" }), command, context);
        return Task.CompletedTask;
    }

    private static void Show(MimeBundle shown, KernelCommand command, KernelInvocationContext context) => context.Publish(
        new DisplayedValueProduced(null, command, [.. shown.Formats.Select(format => new FormattedValue(format.Key, format.Value))], null));
}
