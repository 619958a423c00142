extern alias kernels;

using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;
using kernels::Microsoft.DotNet.Interactive;
using kernels::Microsoft.DotNet.Interactive.Commands;
using kernels::Microsoft.DotNet.Interactive.Events;
using kernels::Microsoft.DotNet.Interactive.ValueSharing;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>A session of C# cells as a kernel of .NET Interactive, to stand beside other kernels and share values with them.</summary>
internal sealed class SessionKernel :
    Kernel, IKernelCommandHandler<SubmitCode>, IKernelCommandHandler<RequestValue>, IKernelCommandHandler<RequestValueInfos>, IKernelCommandHandler<SendValue>,
    IKernelCommandHandler<RequestCompletions>, IKernelCommandHandler<RequestHoverText>
{
    /// <summary>The kernel's other names.</summary>
    public static IReadOnlyList<string> Aliases { get; } = ["c#", "C#"];

    private readonly CSharpSession _session;

    /// <summary>Makes a kernel of a session, which stays the caller's to dispose of.</summary>
    /// <param name="session">The session.</param>
    public SessionKernel(CSharpSession session)
        : base(CellParts.CSharp)
    {
        KernelInfo.LanguageName = "C#";
        _session = session;
    }

    async Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        CellResult result = await _session.ExecuteAsync(command.Code, new EventOutput(command, context), null, context.CancellationToken);
        if (result.Status != CellStatus.Succeeded)
        {
            context.Fail(command, null, result.Error is CellError error ? string.Join('\n', error.Traceback) : "The cell was stopped.");
        }
    }

    Task IKernelCommandHandler<RequestValueInfos>.HandleAsync(RequestValueInfos command, KernelInvocationContext context)
    {
        context.Publish(new ValueInfosProduced([.. _session.Variables().Select(variable => new KernelValueInfo(
            variable.Name, FormattedValue.CreateSingleFromObject(variable.Value, command.MimeType), variable.Type, null))], command));
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<RequestValue>.HandleAsync(RequestValue command, KernelInvocationContext context)
    {
        context.Publish(Value(command));
        return Task.CompletedTask;
    }

    /// <summary>A variable of the session, and how it is written.</summary>
    /// <param name="command">Which one, and as what.</param>
    /// <exception cref="UserException">There is none, or it cannot be written.</exception>
    public ValueProduced Value(RequestValue command)
    {
        if (_session.Variables().FirstOrDefault(variable => variable.Name == command.Name) is not CellVariable found)
        {
            throw new UserException($"No cell has declared a variable {command.Name} in C#; #!who lists those that there are.");
        }

        FormattedValue formatted = command.MimeType switch
        {
            JsonFormatter.MimeType => new FormattedValue(command.MimeType, SharedJson.Of(found.Name, found.Value)),
            SharedJson.Script => new FormattedValue(command.MimeType, SharedJson.ScriptOf(found.Name, found.Value)),
            _ => FormattedValue.CreateSingleFromObject(found.Value, command.MimeType),
        };
        return new ValueProduced(found.Value, found.Name, formatted, command);
    }

    // The package takes every number in JSON for a double.
    Task IKernelCommandHandler<SendValue>.HandleAsync(SendValue command, KernelInvocationContext context) =>
        command is { Value: null, FormattedValue: { MimeType: JsonFormatter.MimeType } json } && SharedJson.WholeNumber(json.Value) is object whole
        ? _session.DeclareAsync(command.Name, whole, context.CancellationToken)
        : SetValueAsync(command, context, (name, value, _) => _session.DeclareAsync(name, value, context.CancellationToken));

    async Task IKernelCommandHandler<RequestCompletions>.HandleAsync(RequestCompletions command, KernelInvocationContext context)
    {
        CompletionList found = await _session.CompleteAsync(command.Code, Position(command), context.CancellationToken);
        LinePosition end = command.LinePosition;
        var span = new LinePositionSpan(new LinePosition(end.Line, Math.Max(0, end.Character - (found.End - found.Start))), end);
        context.Publish(new CompletionsProduced([.. found.Matches.Select(match => new CompletionItem(match, "", match, match, match, null, null))], command, span));
    }

    async Task IKernelCommandHandler<RequestHoverText>.HandleAsync(RequestHoverText command, KernelInvocationContext context)
    {
        if (await _session.InspectAsync(command.Code, Position(command), context.CancellationToken) is MimeBundle known)
        {
            context.Publish(new HoverTextProduced(
                command, [.. known.Formats.Select(format => new FormattedValue(format.Key, format.Value))], new LinePositionSpan(command.LinePosition, command.LinePosition)));
        }
    }

    private static int Position(LanguageServiceCommand command)
    {
        string[] lines = command.Code.Split('\n');
        return lines.Take(command.LinePosition.Line).Sum(line => line.Length + 1) + command.LinePosition.Character;
    }
}
