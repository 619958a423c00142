using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli.Doctor;

/// <summary>The part of a <see cref="SystemReport"/> on the data root and the output folder.</summary>
internal static class FolderChecks
{
    private const string Group = "Folders";
    private const double LittleSpace = 2; // gibibytes; DBpedia and CIFAR-10 with their archives fit
    private const double NoSpace = 0.1; // gibibytes; a run folder with its checkpoints fits

    private static readonly string[] Datasets = ["mnist", "cifar10", "dbpedia", "stanford-dogs"];

    internal static IEnumerable<SystemCheck> All(string dataRoot, string outputFolder)
    {
        yield return DataRoot(dataRoot);
        if (Directory.Exists(dataRoot))
        {
            yield return PresentDatasets(dataRoot);
        }

        yield return Space("space for data", dataRoot);
        yield return Output(outputFolder);
        yield return Space("space for results", outputFolder);
    }

    private static SystemCheck DataRoot(string dataRoot)
    {
        string folder = UserPath.Full(dataRoot);
        if (Directory.Exists(folder))
        {
            return new SystemCheck(Group, "data root", folder);
        }

        return File.Exists(folder)
            ? new SystemCheck(Group, "data root", $"{folder} is a file", CheckState.Wrong,
                "Give --data or AUXLOSSRNN_DATA a folder.")
            : new SystemCheck(Group, "data root", $"{folder} does not exist yet", CheckState.Note,
                "The stroke-digits dataset needs no files. For the others give --data or AUXLOSSRNN_DATA the folder that "
                + "holds them, or fetch them with `auxloss data fetch NAME`, which makes this folder.");
    }

    private static SystemCheck PresentDatasets(string dataRoot)
    {
        string[] present = [.. Datasets.Where(name => Directory.Exists(Path.Combine(dataRoot, name)))];
        string[] absent = [.. Datasets.Except(present)];
        string value = present.Length > 0 ? string.Join(", ", present) : "none";
        return absent.Length == 0
            ? new SystemCheck(Group, "datasets", value)
            : new SystemCheck(Group, "datasets", value, CheckState.Note,
                $"Absent: {string.Join(", ", absent)}. An experiment on one of them needs `auxloss data fetch NAME` first.");
    }

    private static SystemCheck Output(string folder)
    {
        try
        {
            // A folder that does not exist yet will be made below the nearest one that does.
            string probe = Path.Combine(NearestFolder(folder), $".auxloss-{Guid.NewGuid():N}.tmp");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }

            string state = Directory.Exists(folder) ? "writable" : "will be made";
            return new SystemCheck(Group, "output folder", $"{Path.GetFullPath(folder)}, {state}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new SystemCheck(Group, "output folder", failure.Message, CheckState.Wrong,
                $"Runs write their results below {folder}. Make it a folder that you may write to, or give --out another.");
        }
    }

    private static SystemCheck Space(string name, string folder)
    {
        try
        {
            string existing = NearestFolder(folder);
            double gibibytes = new DriveInfo(existing).AvailableFreeSpace / (double)(1 << 30);
            return SpaceLeft(name, existing, gibibytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new SystemCheck(Group, name, $"not found out: {failure.Message}", CheckState.Note,
                "See for yourself that there is room.");
        }
    }

    internal static SystemCheck SpaceLeft(string name, string folder, double gibibytes)
    {
        string value = $"{gibibytes:0.0} GiB free at {folder}";
        return gibibytes switch
        {
            < NoSpace => new SystemCheck(Group, name, value, CheckState.Wrong,
                "Make room or choose a folder on another disk: a checkpoint or a dataset will not fit."),
            < LittleSpace => new SystemCheck(Group, name, value, CheckState.Note,
                "Enough for small runs; the larger datasets and their archives want more."),
            _ => new SystemCheck(Group, name, value),
        };
    }

    private static string NearestFolder(string folder)
    {
        string current = Path.GetFullPath(folder);
        while (!Directory.Exists(current))
        {
            if (File.Exists(current))
            {
                throw new IOException($"{current} is a file, not a folder");
            }

            current = Path.GetDirectoryName(current) ?? throw new DirectoryNotFoundException($"{folder} is on no known disk");
        }

        return current;
    }
}
