using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training.Runs;

/// <summary>What a run is resumed from: weights, the optimiser's state and where the run stands.</summary>
/// <remarks>
/// Two files that must agree: the weights name the training file they belong to and its hash, so renaming them is the one moment at which
/// the checkpoint changes. The training file before that is deleted only afterwards.
/// </remarks>
/// <param name="folder">Their folder.</param>
internal sealed class Checkpoint(string folder)
{
    private const string TrainingKey = "training_file";
    private const string TrainingHashKey = "training_sha256";

    /// <summary>The weights.</summary>
    public string WeightsPath { get; } = Path.Combine(folder, "weights.safetensors");

    /// <summary>Writes it in the place of the one before.</summary>
    /// <param name="model">The weights.</param>
    /// <param name="optimiser">The optimiser with its state.</param>
    /// <param name="progress">Where the run stands.</param>
    public void Save(nn.Module model, OptimizerHelper optimiser, TrainingProgress progress)
    {
        string training = $"training-{progress.Step}-{Guid.NewGuid():N}.bin";
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(JsonSerializer.Serialize(progress, KitJson.Line));
            optimiser.save_state_dict(writer);
        }

        AtomicFile.Write(Path.Combine(folder, training), content.WriteTo);
        WeightsFile.Save(WeightsPath, model, progress.Step, new()
        {
            [TrainingKey] = training,
            [TrainingHashKey] = Convert.ToHexStringLower(SHA256.HashData(content.ToArray())),
        });
        foreach (string old in Directory.EnumerateFiles(folder).Where(path => path != WeightsPath && Path.GetFileName(path) != training))
        {
            File.Delete(old);
        }
    }

    /// <summary>Puts it into a model and its optimiser.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimiser">The optimiser.</param>
    /// <returns>Where the run stands.</returns>
    /// <exception cref="UserException">A file is missing, damaged, or of another model.</exception>
    public TrainingProgress Load(nn.Module model, OptimizerHelper optimiser)
    {
        Dictionary<string, string> metadata = WeightsFile.Load(WeightsPath, model);
        try
        {
            string path = Path.Combine(folder, metadata.GetValueOrDefault(TrainingKey) ?? throw new InvalidDataException("no training file is named."));

            // libtorch's reader trusts what it reads, so damage must be found before.
            byte[] content = File.ReadAllBytes(path);
            if (metadata.TryGetValue(TrainingHashKey, out string? hash) && hash != Convert.ToHexStringLower(SHA256.HashData(content)))
            {
                throw new InvalidDataException($"{path} is damaged: its hash is not the one that the weights name.");
            }

            using var reader = new BinaryReader(new MemoryStream(content));
            var progress = JsonSerializer.Deserialize<TrainingProgress>(reader.ReadString(), KitJson.Line)!;
            optimiser.load_state_dict(reader);
            return progress;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            string run = Path.GetDirectoryName(Path.GetDirectoryName(folder))!;
            throw new UserException($"The checkpoint in {run} cannot be resumed: {failure.Message} The training file is named by {WeightsPath}. Start anew with another ‹path›.", failure);
        }
    }
}
