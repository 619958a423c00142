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
        Show(ValueFormats.CellScript(command.Code), command, context);
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
            { FormattedValue: { MimeType: SharedJson.Script } formatted } => formatted.Value,
            { FormattedValue: { MimeType: JsonFormatter.MimeType } formatted } => SharedJson.ScriptOfJson(command.Name, formatted.Value),
            _ => SharedJson.ScriptOf(command.Name, command.FormattedValue?.Value),
        };
        string set = $"globalThis[{JsonSerializer.Serialize(command.Name)}] = {json.Replace("<", "\\u003c", StringComparison.Ordinal)};";
        // A script within HTML runs at once, and has its value before.
        MimeBundle script = command.TargetKernelName == CellLanguages.Html ? ValueFormats.Script(set) : ValueFormats.CellScript(set);
        Show(new MimeBundle(new Dictionary<string, string>(script.Formats) { [ValueFormats.Plain] = $"{command.Name} is shared with JavaScript" }), command, context);
        return Task.CompletedTask;
    }

    private static void Show(MimeBundle shown, KernelCommand command, KernelInvocationContext context) => context.Publish(
        new DisplayedValueProduced(null, command, [.. shown.Formats.Select(format => new FormattedValue(format.Key, format.Value))], null));
}
