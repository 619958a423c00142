using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments;

/// <summary>Runs that are kept, so that a notebook that is run again does not train again.</summary>
public static class ResumableRun
{
    private const int HashCharacters = 8;

    /// <summary>Trains under a live view, goes on with an interrupted run of the same spec, or reads a finished one.</summary>
    /// <param name="name">What the run is of, such as a preset's name.</param>
    /// <param name="spec">What to train. A changed spec has a folder of its own.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="root">The folder of the run folders; delete a run folder to train anew, with a new version of the kit for example.</param>
    /// <param name="parts">Encoder and losses, where some are one's own; null for those of the kit. A changed definition is not seen: delete the run folder.</param>
    /// <returns>The finished run.</returns>
    /// <exception cref="UserException">The spec was trained before, on other data of one's own or with other losses.</exception>
    /// <exception cref="OperationCanceledException">The cell was stopped; the run goes on from its checkpoint next time.</exception>
    public static MeasuredResult TrainOrRead(string name, ExperimentSpec spec, DatasetSplits data, string root, ModelParts? parts = null)
    {
        return TrainOrReadIn(FolderOf(spec, root), name, spec, data, parts);
    }

    /// <summary>The same in a folder of one's choice.</summary>
    internal static MeasuredResult TrainOrReadIn(
        string path, string name, ExperimentSpec spec, DatasetSplits data, ModelParts? parts = null, Action<Trainer>? begins = null)
    {
        if (RunFolder.Exists(path) && RunFolder.Read(path).Folder.ReadSummary() is { Status: RunStatus.Finished })
        {
            RunFolder finished = RunFolder.Read(path).Folder;
            finished.RefuseOtherLosses((parts ?? ModelParts.Of(spec)).Losses);
            finished.RefuseOtherData(data.Train.Format);

            MeasuredResult earlier = MeasuredResult.Read(path);
            Console.WriteLine($"{Line(name, earlier.Summary)} (read from {path})");
            return earlier;
        }

        RunFolder folder = RunFolder.Open(path, spec, resume: true);
        using var trainer = new Trainer(spec, data, folder, parts: parts);
        trainer.Resume();
        begins?.Invoke(trainer);
        var view = new LiveTrainingView(trainer);
        RunSummary summary = view.Run();
        if (summary.Status != RunStatus.Finished)
        {
            throw new OperationCanceledException($"Stopped after {summary.Steps:N0} steps. Run the cell again to go on from there.");
        }

        view.Close(Line(name, summary));
        return MeasuredResult.Read(path);
    }

    /// <summary>The run folder of a spec: two presets with one spec share it.</summary>
    internal static string FolderOf(ExperimentSpec spec, string root)
    {
        JsonObject json = JsonSerializer.SerializeToNode(spec with { Files = spec.Files?.Named() }, KitJson.Line)!.AsObject();
        if (spec.UnlabelledShare == new ExperimentSpec().UnlabelledShare)
        {
            json.Remove("unlabelled_share"); // it came later: the folders of earlier runs keep their names
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(json.ToJsonString(KitJson.Line)));
        return Path.Combine(root, $"{spec.Dataset}-{spec.Model}-seed{spec.Seed}-{Convert.ToHexStringLower(hash)[..HashCharacters]}");
    }

    private static string Line(string name, RunSummary summary) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {summary.Steps:N0} steps in {summary.WallSeconds:N0} s, test accuracy {100 * summary.LastTest:0.0} % at the last step");
}
