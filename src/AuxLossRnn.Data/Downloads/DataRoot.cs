using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>The folder that has one folder a dataset below it.</summary>
/// <param name="Folder">The full path; it need not exist yet.</param>
public sealed record DataRoot(string Folder)
{
    /// <summary>The environment variable that names the folder where no option does.</summary>
    public const string EnvironmentVariable = "AUXLOSSRNN_DATA";

    /// <summary>
    /// Finds the folder: the option, else the environment variable AUXLOSSRNN_DATA, else <c>data/cache</c> below the
    /// repository root that the current directory lies in, or below the current directory itself if it lies in none.
    /// </summary>
    /// <param name="option">What <c>--data</c> gives; null or empty if it was not given.</param>
    public static DataRoot Resolve(string? option) =>
        Resolve(option, Environment.GetEnvironmentVariable(EnvironmentVariable), Environment.CurrentDirectory);

    /// <summary>The full path of a file below the folder.</summary>
    /// <param name="relativePath">As in the manifest, with forward slashes: <c>mnist/train-images-idx3-ubyte.gz</c>.</param>
    public string PathOf(string relativePath) => Path.GetFullPath(Path.Combine(Folder, relativePath));

    internal static DataRoot Resolve(string? option, string? environment, string currentDirectory)
    {
        string chosen = !string.IsNullOrWhiteSpace(option) ? option
            : !string.IsNullOrWhiteSpace(environment) ? environment
            : Path.Combine(RepositoryRoot(currentDirectory) ?? currentDirectory, "data", "cache");
        return new DataRoot(Path.GetFullPath(UserPath.Expand(chosen), currentDirectory));
    }

    /// <summary>The folder of the repository that holds a folder; null outside of one.</summary>
    /// <param name="currentDirectory">The folder.</param>
    public static string? RepositoryRoot(string currentDirectory)
    {
        for (DirectoryInfo? folder = new(currentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AuxLossRnn.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
