extern alias kernels;

using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;
using kernels::Microsoft.DotNet.Interactive;
using kernels::Microsoft.DotNet.Interactive.Commands;
using kernels::Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>The kernels beside C#, those of .NET Interactive where it has them, and the values that pass between them.</summary>
/// <remarks>Nothing of the package is loaded before a cell first needs it.</remarks>
internal sealed class KernelGroup : IDisposable
{
    private readonly CompositeKernel _kernels = new("kernels") { DefaultKernelName = CellParts.CSharp };
    private readonly KeyValueStoreKernel _values = new KeyValueStoreKernel("value", null).UseValueSharing();

    /// <summary>Makes the kernels.</summary>
    /// <param name="session">Runs the C#.</param>
    public KernelGroup(CSharpSession session)
    {
        _kernels.Add(new SessionKernel(session), SessionKernel.Aliases);
        _kernels.Add(new PageKernel(), ["js"]);
        _kernels.Add(_values, null);
    }

    /// <summary>The texts that the kernel <c>value</c> holds, by name.</summary>
    public IEnumerable<KeyValuePair<string, FormattedValue>> Values => _values.Values;

    /// <summary>Runs a directive, or the text of a cell of another kernel than C#.</summary>
    /// <param name="cell">The cell that it is of; it shows what there is to show.</param>
    /// <param name="text">The text.</param>
    /// <param name="kernel">The kernel.</param>
    /// <exception cref="UserException">It failed.</exception>
    public void Run(CellContext cell, string text, string kernel)
    {
        KernelCommandResult result = _kernels.SendAsync(new SubmitCode(text, kernel), cell.Cancellation).GetAwaiter().GetResult();
        foreach (KernelEvent happened in result.Events)
        {
            switch (happened)
            {
                case DisplayedValueProduced shown:
                    cell.Output.Display(new MimeBundle(shown.FormattedValues.ToDictionary(value => value.MimeType, value => value.Value)), null);
                    break;
                case CommandFailed failed:
                    cell.Cancellation.ThrowIfCancellationRequested();
                    throw new UserException((failed.Exception as UserException)?.Message ?? failed.Message, failed.Exception);
            }
        }
    }

    public void Dispose() => _kernels.Dispose();
}
