using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Training.Runs;

/// <summary>A model's weights in a safetensors file, under PyTorch's names.</summary>
public static class WeightsFile
{
    /// <summary>The metadata that holds the steps done.</summary>
    public const string StepKey = "step";

    /// <summary>Saves the weights of a model.</summary>
    /// <param name="path">The file; complete or absent.</param>
    /// <param name="model">The model.</param>
    /// <param name="step">The steps done.</param>
    /// <param name="metadata">More to keep with them.</param>
    public static void Save(string path, nn.Module model, int step, Dictionary<string, string> metadata) => Safetensors.Save(
        path,
        Tensors(model),
        new Dictionary<string, string>(metadata) { ["format"] = "pt", [StepKey] = $"{step}" });

    /// <summary>Puts saved weights into a model.</summary>
    /// <param name="path">The safetensors file.</param>
    /// <param name="model">The model.</param>
    /// <returns>The file's metadata.</returns>
    /// <exception cref="UserException">The file is missing, or names or shapes are not the model's.</exception>
    public static Dictionary<string, string> Load(string path, nn.Module model)
    {
        if (!File.Exists(path))
        {
            throw new UserException($"There are no weights at {path}: the run wrote no checkpoint there.");
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        (Dictionary<string, Tensor> tensors, Dictionary<string, string> metadata) = Safetensors.Load(path);
        foreach ((string name, Tensor weight) in Tensors(model))
        {
            if (!tensors.TryGetValue(name, out Tensor? saved) || !saved.shape.AsSpan().SequenceEqual(weight.shape))
            {
                string found = saved is null ? "nothing" : $"[{string.Join(", ", saved.shape)}]";
                throw new UserException(
                    $"{path} does not fit the model: {name} should be [{string.Join(", ", weight.shape)}], found {found}.");
            }

            weight.copy_(saved);
        }

        return metadata;
    }

    /// <summary>The weights, and what else a model's function depends on, such as a permutation.</summary>
    private static IEnumerable<(string Name, Tensor Tensor)> Tensors(nn.Module model) =>
    [
        .. model.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter)),
        .. model.named_buffers().Select(entry => (entry.name, entry.buffer)),
    ];
}
