using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>libtorch's LSTM with weights that are given, on any device and with the gradients of all of them.</summary>
/// <remarks>
/// TorchSharp has it only as a module that owns its weights. The function below that module, <c>torch.lstm</c>, takes
/// them as arguments, and TorchScript calls it: libtorch compiles the lines below once.
/// </remarks>
internal static class TorchLstm
{
    private const string Function = "lstm";

    // torch.lstm(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first). In training it keeps what
    // a backward pass needs.
    private const string Source = $"def {Function}(x: Tensor, h: Tensor, c: Tensor, weights: List[Tensor], layers: int, train: bool):\n"
        + "    return torch.lstm(x, [h, c], weights, True, layers, 0.0, train, False, False)\n";

    private static readonly Lazy<jit.CompilationUnit> Script = new(() => jit.compile(Source));

    /// <summary>Reads a sequence.</summary>
    /// <param name="x">The inputs, <c>[t, B, I]</c>.</param>
    /// <param name="state">The state before the first step, <c>[layers, B, H]</c>.</param>
    /// <param name="weights">W_ih <c>[4H, I]</c>, W_hh <c>[4H, H]</c>, b_ih and b_hh <c>[4H]</c> of each layer, from the bottom one.</param>
    /// <returns>The top layer's h after each step, <c>[t, B, H]</c>, and the state after the last.</returns>
    public static (Tensor Outputs, LstmState State) Read(Tensor x, LstmState state, Tensor[] weights)
    {
        if (x.device_type == DeviceType.CUDA)
        {
            weights = SideBySide(weights);
        }

        (Tensor outputs, Tensor hidden, Tensor cell) = Script.Value.invoke<(Tensor, Tensor, Tensor)>(
            Function, x, state.Hidden, state.Cell, weights, weights.Length / 4, is_grad_enabled()); // [t, B, H], [layers, B, H]

        // Copies that only their addresses are used of could be collected meanwhile.
        GC.KeepAlive((x, state, weights));
        return (outputs, new LstmState(hidden, cell));
    }

    /// <summary>The same weights one behind the other in memory, all matrices before all biases.</summary>
    /// <remarks>cuDNN wants them so; otherwise libtorch copies them at each call, and prints a warning each time.</remarks>
    /// <param name="weights">As <see cref="Read"/> takes them.</param>
    /// <returns>In the same order views of one tensor, through which the gradients go back.</returns>
    internal static Tensor[] SideBySide(Tensor[] weights)
    {
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderBy(i => weights[i].dim() == 1)]; // stable: W_ih, W_hh, …, b_ih, b_hh, …
        Tensor[] parts = cat([.. order.Select(i => weights[i].flatten())]).split([.. order.Select(i => weights[i].numel())]); // [numel] each
        var views = new Tensor[weights.Length];
        foreach ((int place, int i) in order.Index())
        {
            views[i] = parts[place].view(weights[i].shape); // as the weight
        }

        return views;
    }
}
