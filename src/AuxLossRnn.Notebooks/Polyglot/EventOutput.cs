extern alias kernels;

using AuxLossRnn.Notebooks.Session;
using kernels::Microsoft.DotNet.Interactive;
using kernels::Microsoft.DotNet.Interactive.Commands;
using kernels::Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>What a cell shows, as events of a kernel.</summary>
/// <param name="command">The command that runs the cell.</param>
/// <param name="context">Takes the events.</param>
internal sealed class EventOutput(KernelCommand command, KernelInvocationContext context) : ICellOutput
{
    public void Write(bool error, string text)
    {
        FormattedValue[] written = [new(ValueFormats.Plain, text)];
        context.Publish(error ? new StandardErrorValueProduced(command, written, null) : new StandardOutputValueProduced(command, written, null));
    }

    public void Display(MimeBundle value, string? displayId) => context.Publish(new DisplayedValueProduced(null, command, Values(value), displayId));

    public void Update(MimeBundle value, string displayId) => context.Publish(new DisplayedValueUpdated(null, displayId, command, Values(value)));

    public void Result(MimeBundle value) => context.Publish(new ReturnValueProduced(null, command, Values(value), null));

    private static FormattedValue[] Values(MimeBundle value) => [.. value.Formats.Select(format => new FormattedValue(format.Key, format.Value))];
}
