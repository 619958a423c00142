using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Which photographs of Stanford Dogs are for training and which for testing.</summary>
internal static class DogLists
{
    /// <summary>The file that holds a split's list, or should.</summary>
    /// <param name="folder">The folder <c>stanford-dogs</c>.</param>
    /// <param name="split"><c>train</c> or <c>test</c>.</param>
    public static string Place(string folder, string split) =>
        Path.Combine(folder, $"{split}_list.txt") is string path && File.Exists(path) ? path : Path.Combine(folder, "lists.tar");

    /// <summary>Reads a split's list.</summary>
    /// <param name="folder">The folder <c>stanford-dogs</c>.</param>
    /// <param name="split"><c>train</c> or <c>test</c>.</param>
    /// <returns>Names such as <c>n02085620-Chihuahua/n02085620_10621.jpg</c>.</returns>
    /// <exception cref="UserException">There is no list, or it is malformed.</exception>
    public static IReadOnlyList<string> Read(string folder, string split)
    {
        string path = Path.Combine(folder, $"{split}_list.txt");
        string archive = Path.Combine(folder, "lists.tar");
        if (File.Exists(path))
        {
            return Check(ReadLines(path), $"'{path}'", "line");
        }

        string inside = $"{split}_list.mat";
        return File.Exists(archive)
            ? Check(MatlabStrings.Read(ReadEntry(archive, inside), "file_list", $"'{inside}' in '{archive}'"), $"'{inside}' in '{archive}'", "entry")
            : throw new UserException(
                $"The split of Stanford Dogs is not here: there is neither '{path}' nor '{archive}'. Fetch the lists with `auxloss data fetch "
                + $"{StanfordDogs.Name}`, or place a text file there with a line BREED/NAME.jpg for each photograph.");
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The list '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static byte[] ReadEntry(string archive, string name) =>
        FileTree.Archive(archive, "").Read([name]).Select(one => one.Bytes).FirstOrDefault() ?? throw new UserException(
            $"The archive '{archive}' has no '{name}'. Fetch it anew with `auxloss data fetch {StanfordDogs.Name}`.");

    private static List<string> Check(IReadOnlyList<string> lines, string where, string unit)
    {
        var names = new List<string>(lines.Count);
        var seen = new HashSet<string>();
        for (int i = 0; i < lines.Count; i++)
        {
            string name = lines[i].Trim();
            string[] parts = name.Split('/');
            if (name == "")
            {
                continue;
            }

            if (parts.Length != 2 || parts.Any(part => part is "" or "." or "..") || name.Any(letter => letter == '\\' || char.IsControl(letter)))
            {
                throw new UserException($"The list {where} is malformed at {unit} {i + 1}: expected BREED/NAME.jpg, found '{name}'. Correct it.");
            }

            if (!seen.Add(name))
            {
                throw new UserException($"The list {where} is malformed at {unit} {i + 1}: '{name}' is there twice. Correct it.");
            }

            names.Add(name);
        }

        return names.Count > 0 ? names : throw new UserException(
            $"The list {where} is empty: expected a {unit} BREED/NAME.jpg for each photograph. Fill it, or delete it to use the distributor's.");
    }
}
